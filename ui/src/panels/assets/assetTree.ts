/** Files by their folders. */
import type { AssetInfo } from "../../ipc/types";

export interface AssetItem {
  /** What one sees: the last part of the path. */
  name: string;
  /** None for a folder. */
  file: AssetInfo | undefined;
}

export interface AssetTree {
  roots: readonly string[];
  items: ReadonlyMap<string, AssetItem>;
  childrenOf: (id: string) => readonly string[];
}

const FOLDER = "folder:";

const folderId = (path: string) => FOLDER + path;

/** The path of a folder by its id in the tree; none for a file's id. */
export function folderPath(id: string): string | undefined {
  return id.startsWith(FOLDER) ? id.slice(FOLDER.length) : undefined;
}

/** Builds the tree: folders before files, both by name. A folder is there because a file is in it. */
export function assetTree(assets: readonly AssetInfo[]): AssetTree {
  const items = new Map<string, AssetItem>();
  const children = new Map<string, string[]>([["", []]]);
  for (const asset of assets) {
    const parts = asset.path.split("/");
    let folder = "";
    let above = "";
    for (const part of parts.slice(0, -1)) {
      folder = folder === "" ? part : `${folder}/${part}`;
      const id = folderId(folder);
      if (!items.has(id)) {
        items.set(id, { name: part, file: undefined });
        children.set(id, []);
        children.get(above)?.push(id);
      }
      above = id;
    }
    items.set(asset.id, { name: parts.at(-1) ?? asset.path, file: asset });
    children.get(above)?.push(asset.id);
  }
  for (const ids of children.values()) ids.sort((a, b) => inOrder(items.get(a), items.get(b)));
  return { roots: children.get("") ?? [], items, childrenOf: (id) => children.get(id) ?? [] };
}

/** The files that an item stands for: itself, or everything in a folder. */
export function filesOf(tree: AssetTree, ids: Iterable<string>): AssetInfo[] {
  const files = new Map<string, AssetInfo>();
  const open = [...ids];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const file = tree.items.get(id)?.file;
    if (file) files.set(file.id, file);
    else open.push(...tree.childrenOf(id));
  }
  return [...files.values()];
}

/** The ids of the folders above a file. */
export function foldersAbove(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, at) => folderId(parts.slice(0, at + 1).join("/")));
}

/** The folder of a path, with its separator; empty at the top. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

const names = new Intl.Collator(undefined, { numeric: true });

function inOrder(a: AssetItem | undefined, b: AssetItem | undefined): number {
  const byKind = Number(a?.file !== undefined) - Number(b?.file !== undefined);
  return byKind || names.compare(a?.name ?? "", b?.name ?? "");
}
