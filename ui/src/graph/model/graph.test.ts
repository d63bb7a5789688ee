import { describe, expect, it } from "vitest";

import { sample, sampleShapes, testLanguage } from "../testing";
import { nodeName, segmentsOf, updateGraph, wiresAt } from "./graph";
import { hitTest, inMarquee } from "./hit";

const options = { scale: 1, pins: true, above: new Set<string>() };

describe("updateGraph", () => {
  it("keeps what an edit does not touch", () => {
    const before = sample();
    const { collections } = before;
    const nodes = { ...collections.nodes, add: { ...collections.nodes["add"], position: { x: 8, y: 200 } } };
    const after = updateGraph(testLanguage, before, { ...collections, nodes }, sampleShapes);
    expect(after.nodes.get("start")).toBe(before.nodes.get("start"));
    expect(after.nodes.get("add")).not.toBe(before.nodes.get("add"));
    expect(after.wires).toBe(before.wires);
    expect(updateGraph(testLanguage, after, { ...collections, nodes }, sampleShapes).nodes.get("add")).toBe(
      after.nodes.get("add"),
    );
  });

  it("redraws both ends of a new wire, and no other node", () => {
    const before = sample();
    const { collections } = before;
    const w3 = { kind: "value", from: "add", output: "value", to: "add", input: "b" };
    const after = updateGraph(testLanguage, before, { ...collections, wires: { ...collections.wires, w3 } }, sampleShapes);
    expect(after.nodes.get("add")).not.toBe(before.nodes.get("add"));
    expect(after.nodes.get("branch")).toBe(before.nodes.get("branch"));
  });

  it("leaves out a wire without its node and draws a node without its shape", () => {
    const graph = sample({
      nodes: { ghost: { op: "acme/fly" } },
      wires: { w9: { kind: "flow", from: "gone", output: "out", to: "branch", input: "in" } },
    });
    expect(graph.wires.has("w9")).toBe(false);
    expect(graph.nodes.get("ghost")?.shape).toMatchObject({ title: "acme/fly", known: false });
  });

  it("finds the wires of a pin and names nodes for those who do not see them", () => {
    const graph = sample();
    expect(
      wiresAt(graph, { node: "branch", side: "input", kind: "flow", socket: "in" }).map(({ id }) => id),
    ).toEqual(["w1"]);
    expect(nodeName(graph.nodes.get("branch")!)).toBe("Branch, flow node, 2 inputs");
  });
});

describe("hitTest", () => {
  const graph = sample({
    comments: { c: { text: "hit?", position: { x: -40, y: 150 }, size: { width: 300, height: 200 } } },
  });
  it("finds pins before nodes, nodes before wires, frames by title and edge, nothing inside a frame", () => {
    const { x, width } = graph.nodes.get("start")!.rect;
    expect(hitTest(graph, { x: x + width + 3, y: 44 }, options)).toMatchObject({
      kind: "pin",
      pin: { node: "start", socket: "out" },
    });
    expect(hitTest(graph, { x: 40, y: 12 }, options)).toEqual({ kind: "node", id: "start" });
    const wire = segmentsOf(graph, graph.wires.get("w1")!)![0]!;
    expect(hitTest(graph, { x: (wire.from.x + wire.to.x) / 2, y: wire.from.y }, options)).toMatchObject({
      kind: "wire",
      id: "w1",
    });
    expect(hitTest(graph, { x: wire.from.x + 15, y: wire.from.y }, options)).toEqual({
      kind: "wire-end",
      id: "w1",
      end: "from",
    });
    expect(hitTest(graph, { x: 230, y: 165 }, options)).toEqual({ kind: "comment", id: "c" });
    expect(hitTest(graph, { x: 260, y: 350 }, options)).toEqual({
      kind: "comment-edge",
      id: "c",
      edges: ["right", "bottom"],
    });
    expect(hitTest(graph, { x: 235, y: 320 }, options)).toEqual({ kind: "canvas" });
  });

  it("takes the nodes a marquee touches and the frames it holds", () => {
    expect(inMarquee(graph, { x: -10, y: -10, width: 30, height: 250 })).toEqual({
      nodes: ["start", "add"],
      comments: [],
    });
    expect(inMarquee(graph, { x: -50, y: 140, width: 400, height: 300 })).toEqual({
      nodes: ["add"],
      comments: ["c"],
    });
  });
});
