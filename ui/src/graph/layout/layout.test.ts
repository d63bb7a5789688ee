import { describe, expect, it } from "vitest";

import { DocumentRecords } from "../../documents/records";
import { graphOf, sample, sampleShapes, testLanguage } from "../testing";
import { intersects, type RecordData, type Rect } from "../model/records";
import { stack } from "./layers";
import { components, layoutGraph } from "./layout";

/** Chains of branches, each with an addition feeding it. */
function chains(count: number, length: number) {
  const nodes: Record<string, RecordData> = {};
  const wires: Record<string, RecordData> = {};
  const shapes: Record<string, (typeof sampleShapes)[string]> = {};
  for (let chain = 0; chain < count; chain++) {
    for (let at = 0; at < length; at++) {
      const id = `b${chain}_${at}`;
      nodes[id] = { op: "flow/branch" };
      nodes[`a${id}`] = { op: "math/add" };
      shapes[id] = sampleShapes["branch"]!;
      shapes[`a${id}`] = sampleShapes["add"]!;
      wires[`v${id}`] = { kind: "value", from: `a${id}`, output: "value", to: id, input: "condition" };
      const next = at + 1 < length ? `b${chain}_${at + 1}` : undefined;
      if (next) wires[`f${id}`] = { kind: "flow", from: id, output: "true", to: next, input: "in" };
    }
  }
  return { nodes, wires, shapes };
}

const laidOut = ({ nodes, wires, shapes }: ReturnType<typeof chains>) =>
  layoutGraph(testLanguage, new DocumentRecords({ collections: { nodes, wires }, derived: shapes }));

function check({ nodes, wires, shapes }: ReturnType<typeof chains>): void {
  const places = laidOut({ nodes, wires, shapes });
  expect(places.size).toBe(Object.keys(nodes).length);
  const placed = Object.fromEntries(
    Object.entries(nodes).map(([id, node]) => [id, { ...node, position: { ...places.get(id)! } }]),
  );
  const graph = graphOf({ nodes: placed, wires }, shapes);
  for (const wire of graph.wires.values()) {
    expect(places.get(wire.from.node)!.x).toBeLessThan(places.get(wire.to.node)!.x);
  }
  for (const node of graph.nodes.values()) {
    const near = [...graph.nodeIndex().query(node.rect)].filter((id) => id !== node.id);
    expect(near.filter((id) => intersects(graph.nodes.get(id)!.rect, node.rect as Rect))).toEqual([]);
  }
}

describe("layoutGraph", () => {
  it("runs left to right without overlaps, small by dagre", () => check(chains(3, 6)));
  it("and large by layers", () => check(chains(2, 120)));

  it("copes with cycles, strangers and nothing", () => {
    const graph = sample({
      wires: { back: { kind: "flow", from: "branch", output: "true", to: "branch", input: "in" } },
    });
    expect(layoutGraph(testLanguage, graph.records).size).toBe(3);
    expect(laidOut({ nodes: {}, wires: {}, shapes: {} }).size).toBe(0);
    const ring = chains(1, 200);
    ring.wires["ring"] = { kind: "flow", from: "b0_199", output: "true", to: "b0_0", input: "in" };
    expect(laidOut(ring).size).toBe(400);
  });

  it("lays out thousands within a second or so", () => {
    const { nodes, wires, shapes } = chains(1, 2500);
    const start = performance.now();
    laidOut({ nodes, wires, shapes });
    expect(performance.now() - start).toBeLessThan(3000);
  });
});

it("stacks as near to the wishes as order and room allow", () => {
  expect(stack([0, 100], [50, 50])).toEqual([0, 100]);
  expect(stack([0, 0], [50, 50])).toEqual([-25, 25]);
  expect(stack([100, 0, 300], [50, 50, 50])).toEqual([25, 75, 300]);
});

it("finds connected parts, largest first", () => {
  const arc = (from: string, to: string) => ({ from, to, flow: true });
  expect(components(["a", "b", "c", "d"], [arc("b", "c"), arc("c", "d")]).map(({ nodes }) => nodes)).toEqual([
    ["b", "c", "d"],
    ["a"],
  ]);
});
