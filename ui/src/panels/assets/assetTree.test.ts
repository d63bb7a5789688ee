import { expect, it } from "vitest";

import { sampleAssets } from "../../ipc/testing/sampleAssets";
import { assetDetail } from "./AssetTravel";
import { assetTree, filesOf, folderOf, folderPath, foldersAbove } from "./assetTree";

const tree = assetTree(sampleAssets());
const names = (ids: readonly string[]) => ids.map((id) => tree.items.get(id)?.name);

it("puts folders before files, both by name", () => {
  expect(names(tree.roots)).toEqual(["models", "sounds", "textures", "notes.md"]);
  expect(names(tree.childrenOf("folder:sounds"))).toEqual(["music", "hit.wav"]);
});

it("orders numbers as people count", () => {
  const [file] = sampleAssets();
  const numbered = ["10.png", "9.png"].map((path) => ({ ...file!, id: path, path }));
  expect(assetTree(numbered).roots).toEqual(["9.png", "10.png"]);
});

it("takes a folder for everything in it, each file once", () => {
  const inside = filesOf(tree, ["folder:sounds", "folder:sounds/music", "sounds-hit-wav"]);
  expect(inside.map(({ path }) => path).sort()).toEqual([
    "sounds/hit.wav",
    "sounds/music/garden.ogg",
    "sounds/music/night.ogg",
  ]);
  expect(filesOf(tree, ["gone"])).toEqual([]);
});

it.each([
  ["a/b/c.png", "a/b/"],
  ["c.png", ""],
])("%s lies in '%s'", (path, folder) => expect(folderOf(path)).toBe(folder));

it("knows folders by their ids", () => {
  expect(foldersAbove("sounds/music/night.ogg")).toEqual(["folder:sounds", "folder:sounds/music"]);
  expect(foldersAbove("notes.md")).toEqual([]);
  expect(folderPath("folder:sounds/music")).toBe("sounds/music");
  expect(folderPath("sounds-hit-wav")).toBeUndefined();
});

it("says where a file is", () => {
  const detail = (path: string) => assetDetail(sampleAssets().find((asset) => asset.path === path)!);
  expect(detail("notes.md")).toBe("812 bytes");
  expect(detail("models/mole.glb")).toBe("sending 40 %");
  expect(detail("sounds/music/garden.ogg")).toBe("fetching 34 %");
  expect(detail("sounds/music/night.ogg")).toBe("awaited");
});
