import { describe, expect, it } from "vitest";

import { align, straighten } from "./align";

const rects = new Map([
  ["a", { x: 0, y: 0, width: 100, height: 40 }],
  ["b", { x: 50, y: 100, width: 60, height: 80 }],
  ["c", { x: 300, y: 30, width: 100, height: 40 }],
]);

describe("align", () => {
  it.each([
    ["left", { b: { x: 0, y: 100 }, c: { x: 0, y: 30 } }],
    ["right", { a: { x: 300, y: 0 }, b: { x: 340, y: 100 } }],
    ["top", { b: { x: 50, y: 0 }, c: { x: 300, y: 0 } }],
    ["bottom", { a: { x: 0, y: 140 }, c: { x: 300, y: 140 } }],
    ["centre-x", { a: { x: 150, y: 0 }, b: { x: 170, y: 100 }, c: { x: 150, y: 30 } }],
    ["centre-y", { a: { x: 0, y: 70 }, b: { x: 50, y: 50 }, c: { x: 300, y: 70 } }],
    ["distribute-x", { b: { x: 170, y: 100 } }],
    ["distribute-y", { c: { x: 300, y: 50 } }],
  ] as const)("%s", (alignment, moved) => expect(Object.fromEntries(align(rects, alignment))).toEqual(moved));

  it("does nothing to one", () => expect(align(new Map([["a", rects.get("a")!]]), "left").size).toBe(0));
});

describe("straighten", () => {
  it("levels the pins of each wire, once per node", () => {
    const links = [
      { from: "a", to: "c", fromY: 44, toY: 68 },
      { from: "b", to: "c", fromY: 44, toY: 92 },
    ];
    expect(Object.fromEntries(straighten(rects, links))).toEqual({ c: { x: 300, y: -24 } });
  });
});
