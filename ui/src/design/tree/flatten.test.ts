import { describe, expect, it } from "vitest";

import { flattenTree, indentStep, rowsBetween } from "./flatten";
import { treeStep, typeAhead } from "./keyboard";

const CHILDREN: Record<string, string[]> = { board: ["mole", "hole"], mole: ["head", "body"], sun: [] };
const tree = { roots: ["board", "sun"], childrenOf: (id: string) => CHILDREN[id] ?? [] };
const all = flattenTree({ ...tree, isExpanded: () => true });
const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

describe("flattening", () => {
  it("lists unfolded rows with their place", () => {
    expect(ids(all)).toEqual(["board", "mole", "head", "body", "hole", "sun"]);
    expect(all[3]).toMatchObject({ depth: 2, position: 2, siblings: 2, parent: "mole", hasChildren: false });
  });

  it("leaves out what is folded", () => {
    expect(ids(flattenTree({ ...tree, isExpanded: (id) => id !== "mole" }))).toEqual([
      "board",
      "mole",
      "hole",
      "sun",
    ]);
  });

  it("keeps matches with what leads to them, unfolded", () => {
    const rows = flattenTree({ ...tree, isExpanded: () => false, matches: (id) => id === "body" });
    expect(ids(rows)).toEqual(["board", "mole", "body"]);
    expect(rows[2]).toMatchObject({ position: 1, siblings: 1 });
  });

  it("survives a cycle and a chain deeper than the call stack", () => {
    const cyclic = flattenTree({
      roots: ["a"],
      childrenOf: (id) => (id === "a" ? ["b"] : ["a"]),
      isExpanded: () => true,
    });
    expect(ids(cyclic)).toEqual(["a", "b"]);
    const depth = 50_000;
    const childrenOf = (id: string) => (Number(id) < depth ? [String(Number(id) + 1)] : []);
    expect(flattenTree({ roots: ["0"], childrenOf, isExpanded: () => true })).toHaveLength(depth + 1);
    expect(
      flattenTree({ roots: ["0"], childrenOf, isExpanded: () => true, matches: (id) => id === "9" }),
    ).toHaveLength(10);
  });

  it("names the rows between two", () => {
    expect(rowsBetween(all, "hole", "head")).toEqual(["head", "body", "hole"]);
    expect(rowsBetween(all, "gone", "head")).toEqual(["head"]);
  });
});

describe("setting in", () => {
  const blank = (deepest: number, width: number) => {
    const { step, levels } = indentStep(deepest, width);
    return Math.min(deepest, levels) * step;
  };

  it("is as wide as it may be where there is room", () => {
    expect(indentStep(3, 292).step).toBe(14);
    expect(indentStep(0, 0)).toMatchObject({ step: 14 });
  });

  it.each([13, 40, 500, 50_000])("leaves most of the width to a name %s levels down", (deepest) => {
    expect(blank(deepest, 292)).toBeLessThanOrEqual(292 * 0.4);
  });

  it("tells each of forty levels from the next", () => {
    const { step, levels } = indentStep(40, 292);
    expect(step).toBeGreaterThanOrEqual(2);
    expect(levels).toBeGreaterThanOrEqual(40);
  });
});

describe("tree keys", () => {
  it.each([
    ["ArrowDown", "board", { kind: "go", id: "mole" }],
    ["ArrowUp", "board", { kind: "go", id: "board" }],
    ["ArrowLeft", "board", { kind: "toggle", id: "board" }],
    ["ArrowLeft", "head", { kind: "go", id: "mole" }],
    ["ArrowRight", "mole", { kind: "go", id: "head" }],
    ["ArrowRight", "head", undefined],
    ["Home", "hole", { kind: "go", id: "board" }],
    ["End", "board", { kind: "go", id: "sun" }],
    ["ArrowDown", undefined, { kind: "go", id: "board" }],
    ["x", "board", undefined],
  ] as const)("%s at %s", (key, active, expected) => {
    expect(treeStep(key, all, active, 10)).toEqual(expected);
  });

  it("finds by typing, onward and around", () => {
    const name = (id: string) => id;
    expect(typeAhead("h", all, "board", name)).toBe("head");
    expect(typeAhead("h", all, "head", name)).toBe("hole");
    expect(typeAhead("h", all, "hole", name)).toBe("head");
    expect(typeAhead("he", all, "head", name)).toBe("head");
    expect(typeAhead("z", all, "head", name)).toBeUndefined();
  });
});
