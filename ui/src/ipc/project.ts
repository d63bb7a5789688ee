/** Projects: making, opening and leaving one. */
import { commands } from "./bindings";
import { answered } from "./call";
import type { ExportFormat } from "./types";

export const newProject = (name: string, folder: string) => answered(commands.projectNew(name, folder));
export const openProject = (path: string) => answered(commands.projectOpen(path));
export const importProject = (file: string, folder: string) => answered(commands.projectImport(file, folder));
export const openSample = () => answered(commands.projectSample());
export const closeProject = () => answered(commands.projectClose());
export const currentProject = () => answered(commands.projectCurrent());
/** Moves the open project into another folder, for one whose own is gone, and opens it there. */
export const saveElsewhere = (folder: string) => answered(commands.projectSaveElsewhere(folder));
/** Writes the project to a file; the answer is what a person should know about it. */
export const exportProject = (format: ExportFormat, file: string) =>
  answered(commands.projectExport(format, file));
/** Whether there is a file at a path, which writing would replace. */
export const fileExists = (path: string) => answered(commands.fileExists(path));
export const verifyProject = () => answered(commands.projectVerify());
