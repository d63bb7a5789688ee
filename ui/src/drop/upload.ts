/** Sends files to the project, piece by piece: a large one never stands in memory whole. */
import * as ipc from "../ipc";
import type { DroppedFile } from "./droppedFiles";

/** Bytes of one piece. */
export const PIECE = 1024 * 1024;

interface UploadOptions {
  /** How much of all bytes has been sent, 0 to 1. */
  onProgress: (share: number) => void;
  /** Ends the upload, which then fails with the signal's reason. */
  signal: AbortSignal;
}

/** Adds the files to the project as one gesture; answers their ids. */
export async function upload(
  files: readonly DroppedFile[],
  { onProgress, signal }: UploadOptions,
): Promise<string[]> {
  const all = files.reduce((sum, { file }) => sum + file.size, 0);
  const number = await ipc.beginUpload();
  let sent = 0;
  try {
    for (const { path, file } of files) {
      signal.throwIfAborted();
      const wanted = await ipc.uploadFile(number, path);
      for (let from = 0; wanted && from < file.size; from += PIECE) {
        signal.throwIfAborted();
        const piece = file.slice(from, from + PIECE);
        await ipc.uploadPiece(number, await base64(piece));
        onProgress((sent + from + piece.size) / all);
      }
      sent += file.size;
    }
    signal.throwIfAborted();
    return await ipc.finishUpload(number);
  } catch (thrown) {
    // What cannot be cancelled has ended by itself.
    await ipc.cancelUpload(number).catch(() => undefined);
    throw thrown;
  }
}

/** The web view encodes faster than a loop would. */
function base64(piece: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      const url = String(reader.result);
      resolve(url.slice(url.indexOf(",") + 1));
    };
    reader.onerror = () => reject(reader.error ?? new Error("The file cannot be read."));
    reader.readAsDataURL(piece);
  });
}
