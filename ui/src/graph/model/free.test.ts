import { describe, expect, it } from "vitest";

import { sample } from "../testing";
import { freePlace } from "./free";
import { intersects, rectOf, type Rect, type Records } from "./records";

const SIZE = { width: 168, height: 84 };

describe("a free place", () => {
  it("is the wanted one, on the grid, where nothing stands", () => {
    expect(freePlace(sample(), { x: 1001, y: 1002 }, SIZE)).toEqual({ x: 1000, y: 1004 });
  });

  it("is beside what stands there, and near", () => {
    const graph = sample();
    const branch = graph.nodes.get("branch")!.rect;
    const place = freePlace(graph, { x: branch.x + 20, y: branch.y + 20 }, SIZE);
    for (const { rect } of graph.nodes.values()) expect(intersects(rect, rectOf(place, SIZE))).toBe(false);
    expect(Math.hypot(place.x - branch.x - 20, place.y - branch.y - 20)).toBeLessThan(branch.height + 48);
  });

  it("is found again and again for nodes that are all wanted at one place", () => {
    let nodes: Records = {};
    const placed: Rect[] = [];
    for (let count = 0; count < 12; count += 1) {
      const place = freePlace(sample({ nodes }), { x: 40, y: 40 }, SIZE);
      placed.push(rectOf(place, SIZE));
      nodes = { ...nodes, [`n${count}`]: { op: "debug/log", position: place } };
    }
    placed.forEach((rect, at) => {
      for (const other of placed.slice(0, at)) expect(intersects(rect, other)).toBe(false);
    });
  });
});
