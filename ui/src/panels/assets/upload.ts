/** Brings files into the project as one gesture. */
import {
  beginUpload,
  cancelUpload,
  finishUpload,
  uploadFile,
  uploadFromDisk as readFromDisk,
  uploadPiece,
} from "../../ipc/assets";
import type { Added } from "../../ipc/types";
import type { DroppedFile } from "./droppedFiles";

/** Bytes of one piece. */
export const PIECE = 1024 * 1024;

export interface UploadOptions {
  /** The folder below `assets/` that they come into; empty for that itself. */
  into: string;
  /** How much of all bytes has been sent, 0 to 1. */
  onProgress: (share: number) => void;
  /** Ends the upload, which then fails with the signal's reason. */
  signal: AbortSignal;
}

/** Adds files that the page has, piece by piece: a large one never stands in memory whole. */
export function upload(files: readonly DroppedFile[], options: UploadOptions): Promise<Added> {
  const { onProgress, signal } = options;
  const all = files.reduce((sum, { file }) => sum + file.size, 0);
  return asOne(options, async (number) => {
    let sent = 0;
    for (const { path, file } of files) {
      signal.throwIfAborted();
      const wanted = await uploadFile(number, path);
      for (let from = 0; wanted && from < file.size; from += PIECE) {
        signal.throwIfAborted();
        const piece = file.slice(from, from + PIECE);
        await uploadPiece(number, await piece.arrayBuffer());
        onProgress((sent + from + piece.size) / all);
      }
      sent += file.size;
    }
  });
}

/** Adds files and folders that stand on this disk. */
export function uploadFromDisk(paths: readonly string[], options: UploadOptions): Promise<Added> {
  return asOne(options, (number) =>
    readFromDisk(number, [...paths], (percent) => options.onProgress(percent / 100)),
  );
}

/** Begins an upload, has files brought into it, and finishes it; or cancels it, whatever is being done then. */
async function asOne(
  { into, signal }: UploadOptions,
  bring: (upload: number) => Promise<unknown>,
): Promise<Added> {
  const number = await beginUpload(into);
  // What cannot be cancelled has ended by itself.
  const cancel = () => cancelUpload(number).catch(() => null);
  const onAbort = () => void cancel();
  signal.addEventListener("abort", onAbort);
  try {
    await bring(number);
    signal.throwIfAborted();
    return await finishUpload(number);
  } catch (thrown) {
    await cancel();
    throw thrown;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
