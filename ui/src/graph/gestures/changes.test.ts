import { describe, expect, it } from "vitest";

import { sample, shape, socket } from "../testing";
import {
  addWiredNode,
  connect,
  deleteRecords,
  disconnect,
  keepPlaces,
  moveRecords,
  rewire,
  setComments,
  setLabel,
} from "./changes";
import type { PinAddress } from "../pins";

const graph = sample({
  wires: {
    w3: { kind: "value", from: "add", output: "value", to: "add", input: "a", route: [{ x: 5, y: 5 }] },
  },
});
const pin = (node: string, side: PinAddress["side"], kind: PinAddress["kind"], name: string): PinAddress => ({
  node,
  side,
  kind,
  socket: name,
});
const none = { nodes: new Set<string>(), wires: new Set<string>(), comments: new Set<string>() };

describe("connect", () => {
  it("replaces the wire of a value input, in the same gesture", () => {
    const { type, changes } = connect(
      graph,
      pin("branch", "input", "value", "condition"),
      pin("add", "output", "value", "other"),
      "n",
    );
    expect(type).toBe("wire.create");
    expect(changes).toEqual([
      { collection: "wires", id: "w2", remove: true },
      {
        collection: "wires",
        id: "n",
        put: { kind: "value", from: "add", output: "other", to: "branch", input: "condition" },
      },
    ]);
  });

  it("replaces the wire of a flow output, and leaves those of a flow input", () => {
    const from = pin("start", "output", "flow", "out");
    expect(connect(graph, from, pin("add", "input", "flow", "x"), "n").changes[0]).toEqual({
      collection: "wires",
      id: "w1",
      remove: true,
    });
    expect(
      connect(graph, pin("add", "output", "flow", "y"), pin("branch", "input", "flow", "in"), "n").changes,
    ).toHaveLength(1);
  });

  it("does nothing where there is such a wire", () => {
    expect(
      connect(graph, pin("start", "output", "flow", "out"), pin("branch", "input", "flow", "in"), "n")
        .changes,
    ).toEqual([]);
  });
});

describe("rewire", () => {
  it("moves one end and frees the pin it comes to", () => {
    const wire = graph.wires.get("w3")!;
    expect(rewire(graph, wire, pin("branch", "input", "value", "condition"))).toEqual({
      type: "wire.set",
      changes: [
        { collection: "wires", id: "w2", remove: true },
        { collection: "wires", id: "w3", set: { to: "branch", input: "condition" } },
      ],
    });
    expect(rewire(graph, wire, wire.to)).toBeUndefined();
  });
});

describe("addWiredNode", () => {
  it("adds a node and its wire as one, level with the pin", () => {
    const node = { id: "n", operation: { op: "flow/branch", extension: null }, position: { x: 300, y: 300 } };
    const look = shape({ flowIn: [socket("in")], valuesIn: [socket("condition", "bool")] });
    const { type, changes } = addWiredNode(
      graph,
      node,
      look,
      pin("add", "output", "value", "value"),
      { side: "input", id: "condition" },
      "w",
    );
    expect(type).toBe("node.add");
    expect(changes).toEqual([
      { collection: "nodes", id: "n", put: { op: "flow/branch", position: { x: 300, y: 232 } } },
      {
        collection: "wires",
        id: "w",
        put: { kind: "value", from: "add", output: "value", to: "n", input: "condition" },
      },
    ]);
  });
});

describe("deleteRecords", () => {
  it("takes a node's wires along", () => {
    const gesture = deleteRecords(graph, { ...none, nodes: new Set(["branch"]) });
    expect(gesture?.type).toBe("node.delete");
    expect(gesture?.changes.map(({ id }) => id)).toEqual(["w1", "w2", "branch"]);
  });
  it("names what is deleted", () => {
    expect(deleteRecords(graph, { ...none, wires: new Set(["w1"]) })?.type).toBe("wire.delete");
    expect(deleteRecords(graph, none)).toBeUndefined();
  });
});

describe("moveRecords", () => {
  it("writes what moved, with the points of wires between what moved alike", () => {
    const gesture = moveRecords(
      graph,
      new Map([
        ["add", { x: 10, y: 210 }],
        ["start", { x: 0, y: 0 }],
      ]),
    );
    expect(gesture).toEqual({
      type: "node.move",
      changes: [
        { collection: "nodes", id: "add", set: { position: { x: 10, y: 210 } } },
        { collection: "wires", id: "w3", set: { route: [{ x: 15, y: 15 }] } },
      ],
    });
    expect(moveRecords(graph, new Map([["start", { x: 0, y: 0 }]]))).toBeUndefined();
  });
});

it("clears a name that is empty", () => {
  expect(setLabel("a", "  ").changes).toEqual([{ collection: "nodes", id: "a", set: { label: null } }]);
  expect(setComments(["c"], { color: null }).changes).toEqual([
    { collection: "comments", id: "c", set: { color: null } },
  ]);
  expect(disconnect([])).toBeUndefined();
});

describe("keepPlaces", () => {
  it("writes whole pixels for nodes that were never laid out, and nothing once all were", () => {
    const unplaced = sample({ nodes: { lost: { op: "math/add" } } });
    const kept = keepPlaces(unplaced);
    expect(kept?.type).toBe("graph.place");
    expect(kept?.changes).toEqual([
      {
        collection: "nodes",
        id: "lost",
        set: { position: { x: expect.any(Number), y: expect.any(Number) } },
      },
    ]);
    expect(keepPlaces(graph)).toBeUndefined();
  });
});
