/** The twin's project: whether it is open, and where. */
import type { Displaced, ProjectInfo } from "../types";
import type { Answers } from "./answers";

type Opening =
  "projectNew" | "projectOpen" | "projectMove" | "projectImport" | "projectSample" | "projectSaveElsewhere";

export class TwinProject {
  /** Where the project's folder is instead; null while it is in its place. */
  displaced: Displaced | null = null;

  /** The files that are there already. */
  readonly files = new Set<string>();

  constructor(
    private isOpen: boolean,
    private readonly info: () => ProjectInfo,
    private readonly failIfAsked: () => void,
  ) {}

  private readonly open = (): ProjectInfo => {
    this.failIfAsked();
    this.isOpen = true;
    this.displaced = null;
    return this.info();
  };

  readonly answers: Answers<
    Opening | "projectCurrent" | "projectClose" | "projectExport" | "fileExists" | "projectVerify"
  > = {
    projectCurrent: () => {
      this.failIfAsked();
      return this.isOpen ? this.info() : null;
    },
    projectNew: this.open,
    projectOpen: this.open,
    projectMove: this.open,
    projectImport: this.open,
    projectSample: this.open,
    projectSaveElsewhere: this.open,
    projectClose: () => {
      this.isOpen = false;
      return null;
    },
    projectExport: () => [],
    fileExists: ({ path }) => this.files.has(String(path)),
    projectVerify: () => ({ sound: true, events: "240", objects: "3", damages: [] }),
  };
}
