import { open, save } from "@tauri-apps/plugin-dialog";

export interface FileFilter {
  name: string;
  extensions: string[];
}

/** Asks for a folder; null when the person thinks better of it. */
export async function chooseFolder(title: string, start?: string): Promise<string | null> {
  return open({ title, directory: true, multiple: false, ...(start ? { defaultPath: start } : {}) });
}

/** Asks for an existing file. */
export async function chooseFile(title: string, filters: FileFilter[]): Promise<string | null> {
  return open({ title, directory: false, multiple: false, filters });
}

/** Asks for existing files; none when the person thinks better of it. */
export async function chooseFiles(title: string): Promise<string[]> {
  return (await open({ title, directory: false, multiple: true })) ?? [];
}

/** Asks where to write a file. */
export async function chooseSaveFile(
  title: string,
  filters: FileFilter[],
  start?: string,
): Promise<string | null> {
  return save({ title, filters, ...(start ? { defaultPath: start } : {}) });
}
