/** The files of the project. */
import { convertFileSrc, invoke } from "@tauri-apps/api/core";

import { commands } from "./bindings";
import type * as wire from "./bindings";
import { answered, number } from "./call";
import { ApiFailure } from "./failure";
import { latest } from "./feeds";
import type { AssetInfo } from "./types";

/** All of them, by path. */
export async function assets(): Promise<AssetInfo[]> {
  return (await answered(commands.assets())).map(readAsset);
}

export function readAsset(asset: wire.AssetInfo): AssetInfo {
  return { ...asset, size: number(asset.size) };
}

/** Begins an upload of files into a folder below `assets/`, or into that itself when it is empty. */
export const beginUpload = (into: string) => answered(commands.uploadBegin(into));
/** Reads files and folders of this disk into it. */
export const uploadFromDisk = (
  upload: number,
  paths: readonly string[],
  onPercent: (percent: number) => void,
) => answered(commands.uploadFromDisk(upload, [...paths], latest(onPercent)));
/** Begins the next file, whose bytes the page has and whose place nobody knows; whether it is wanted. */
export const uploadFile = (upload: number, path: string) => answered(commands.uploadFile(upload, path));
/** The next bytes of that file, as they are. */
export async function uploadPiece(upload: number, bytes: ArrayBuffer): Promise<void> {
  try {
    await invoke("upload_piece", bytes, { headers: { upload: String(upload) } });
  } catch (thrown) {
    throw ApiFailure.from(thrown);
  }
}
/** Adds the files to the project. */
export const finishUpload = (upload: number) => answered(commands.uploadFinish(upload));
export const cancelUpload = (upload: number) => answered(commands.uploadCancel(upload));

export const renameAsset = (asset: string, path: string) => answered(commands.assetRename(asset, path));
export const deleteAsset = (asset: string) => answered(commands.assetDelete(asset));
/** Has a file that is not here fetched before others. */
export const wantAsset = (asset: string) => answered(commands.assetWant(asset));
/** Where the page finds an object's bytes, as they are: for pictures, and for `fetch`. */
export const objectUrl = (cid: string) => convertFileSrc(cid, "object");
