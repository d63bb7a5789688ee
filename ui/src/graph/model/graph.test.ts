import { describe, expect, it } from "vitest";

import type { Change } from "../../ipc/types";
import { sample, testLanguage } from "../testing";
import { changeGraph, nodeName, readGraph, segmentsOf, wiresAt } from "./graph";
import { hitTest, inMarquee } from "./hit";

const options = { scale: 1, pins: true, above: new Set<string>() };

describe("a graph", () => {
  /** The graph after an edit, and the nodes as they were before it. */
  const after = (changes: readonly Change[]) => {
    const graph = sample();
    const nodes = new Map(graph.nodes);
    const { version } = graph.records;
    graph.records.lay({ changes });
    const changed = graph.records.changedSince(version) ?? new Map();
    return { before: { graph, nodes }, graph: changeGraph(graph, changed) };
  };

  it("keeps what an edit does not touch", () => {
    const { before, graph } = after([
      { collection: "nodes", id: "add", set: { position: { x: 8, y: 200 } } },
    ]);
    expect(graph).not.toBe(before.graph);
    expect(graph.nodes.get("start")).toBe(before.nodes.get("start"));
    expect(graph.nodes.get("branch")).toBe(before.nodes.get("branch"));
    expect(graph.nodes.get("add")).not.toBe(before.nodes.get("add"));
    expect(graph.nodes.get("add")?.rect).toMatchObject({ x: 8, y: 200 });
  });

  it("redraws both ends of a new wire, and no other node", () => {
    const put = { kind: "value", from: "add", output: "value", to: "add", input: "b" };
    const { before, graph } = after([{ collection: "wires", id: "w3", put }]);
    expect(graph.nodes.get("add")).not.toBe(before.nodes.get("add"));
    expect(graph.nodes.get("branch")).toBe(before.nodes.get("branch"));
  });

  it("is after any changes what it is when it is read anew", () => {
    const steps: Change[] = [
      { collection: "nodes", id: "add", set: { position: { x: 900, y: 40 } } },
      { collection: "nodes", id: "branch", remove: true },
      {
        collection: "wires",
        id: "w3",
        put: { kind: "value", from: "add", output: "value", to: "add", input: "b" },
      },
      { collection: "nodes", id: "branch", put: { op: "flow/branch", position: { x: 40, y: 80 } } },
      { collection: "wires", id: "w2", set: { input: "other" } },
      { collection: "comments", id: "c", put: { text: "Here", position: { x: 0, y: 0 } } },
      { collection: "wires", id: "w1", remove: true },
      { collection: "nodes", id: "late", put: { op: "math/add" } },
      {
        collection: "wires",
        id: "w4",
        put: { kind: "value", from: "late", output: "value", to: "add", input: "a" },
      },
      { collection: "comments", id: "c", remove: true },
      { collection: "nodes", id: "late", remove: true },
    ];
    let graph = sample();
    const area = { x: -5000, y: -5000, width: 10_000, height: 10_000 };
    // The indexes are there from the beginning, so that they are kept as well.
    graph.nodeIndex().query(area);
    graph.wireIndex().query(area);
    for (const change of steps) {
      const { version } = graph.records;
      graph.records.lay({ changes: [change] });
      graph = changeGraph(graph, graph.records.changedSince(version) ?? new Map());
      const anew = readGraph(testLanguage, graph.records);
      expect(new Map(graph.nodes)).toEqual(new Map(anew.nodes));
      expect(new Map(graph.wires)).toEqual(new Map(anew.wires));
      expect(new Map(graph.comments)).toEqual(new Map(anew.comments));
      expect(graph.nodeIndex().query(area)).toEqual(anew.nodeIndex().query(area));
      expect(graph.wireIndex().query(area)).toEqual(anew.wireIndex().query(area));
      for (const id of anew.nodes.keys()) {
        expect(graph.nodeIndex().rect(id)).toEqual(anew.nodeIndex().rect(id));
        expect(new Set(graph.wiresByNode.get(id))).toEqual(new Set(anew.wiresByNode.get(id)));
      }
      for (const id of anew.wires.keys()) {
        expect(graph.wireIndex().rect(id)).toEqual(anew.wireIndex().rect(id));
      }
    }
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
