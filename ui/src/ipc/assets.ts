/** The files of the project. */
import { commands } from "./bindings";
import type * as wire from "./bindings";
import { answered, channel, number } from "./call";
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
) => answered(commands.uploadFromDisk(upload, [...paths], channel(onPercent)));
/** Begins the next file, whose bytes the page has and whose place nobody knows; whether it is wanted. */
export const uploadFile = (upload: number, path: string) => answered(commands.uploadFile(upload, path));
/** The next bytes of that file, in base64. */
export const uploadPiece = (upload: number, bytes: string) => answered(commands.uploadPiece(upload, bytes));
/** Adds the files to the project. */
export const finishUpload = (upload: number) => answered(commands.uploadFinish(upload));
export const cancelUpload = (upload: number) => answered(commands.uploadCancel(upload));

export const renameAsset = (asset: string, path: string) => answered(commands.assetRename(asset, path));
export const deleteAsset = (asset: string) => answered(commands.assetDelete(asset));
/** Has a file that is not here fetched before others. */
export const wantAsset = (asset: string) => answered(commands.assetWant(asset));
/** A small picture as a data URL. */
export const assetThumbnail = (asset: string) => answered(commands.assetThumbnail(asset));
