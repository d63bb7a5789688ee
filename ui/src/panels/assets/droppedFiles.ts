/** What a drop carries: files, and folders with all that is in them. */

/** A file with its place below what was dropped: `fur.png`, `textures/fur.png`. */
export interface DroppedFile {
  readonly path: string;
  readonly file: File;
}

/** Whether what is being dragged comes from outside and holds files. */
export function carriesFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes("Files") ?? false;
}

/**
 * Reads what was dropped. It has to be called while the drop is being handled: afterwards the items are gone.
 *
 * @throws what the system says of a file or folder that cannot be read.
 */
export async function droppedFiles(transfer: DataTransfer): Promise<DroppedFile[]> {
  const entries = [...transfer.items]
    .filter(({ kind }) => kind === "file")
    .map((item) => ({ entry: entryOf(item), file: item.getAsFile() }));
  const found: DroppedFile[] = [];
  for (const { entry, file } of entries) {
    // Where the system tells nothing of folders, there are only files.
    if (entry?.isDirectory) await readFolder(entry as FileSystemDirectoryEntry, `${entry.name}/`, found);
    else if (file) found.push({ path: file.name, file });
  }
  return found;
}

/** Not every web view has it. */
function entryOf(item: DataTransferItem): FileSystemEntry | null {
  return typeof item.webkitGetAsEntry === "function" ? item.webkitGetAsEntry() : null;
}

async function readFolder(
  folder: FileSystemDirectoryEntry,
  path: string,
  found: DroppedFile[],
): Promise<void> {
  const reader = folder.createReader();
  for (;;) {
    // A long folder comes in parts, the last one empty.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (entries.length === 0) return;
    for (const entry of entries) {
      if (entry.isDirectory) {
        await readFolder(entry as FileSystemDirectoryEntry, `${path}${entry.name}/`, found);
      } else {
        const file = await new Promise<File>((resolve, reject) =>
          (entry as FileSystemFileEntry).file(resolve, reject),
        );
        found.push({ path: path + entry.name, file });
      }
    }
  }
}
