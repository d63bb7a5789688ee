import { attempt } from "../../workspace/notify";
import { addPaths } from "./addFiles";
import { chooseFiles } from "../../ipc/dialogs";

/** Asks for files and copies them into the project: into a folder of its assets, if one is given. */
export async function importFiles(folder = ""): Promise<void> {
  const files = await attempt(chooseFiles("Import files"));
  if (files) await addPaths(files, folder);
}
