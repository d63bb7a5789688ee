import { beforeEach, describe, expect, it } from "vitest";

import { createCanvasStore } from "../canvas/state";
import type { Gesture, Point } from "../model/records";
import { counter, sample } from "../testing";
import { pinPoint, type Graph } from "../model/graph";
import { hitAt, press, type Press, type Surroundings } from "./pointer";

let graph: Graph;
let written: Gesture[];
let around: Surroundings;

beforeEach(() => {
  graph = sample({
    comments: { c: { text: "", position: { x: -40, y: 140 }, size: { width: 320, height: 240 } } },
  });
  written = [];
  const store = createCanvasStore();
  around = {
    store,
    graph: () => graph,
    newId: counter(),
    commit: (gesture) => gesture && written.push(gesture),
    select: (picked, mode) => {
      const before = store.getState().selection;
      const merge = (kind: "nodes" | "wires" | "comments") => {
        const given = picked[kind] ?? new Set<string>();
        if (mode === "replace") return given;
        if (mode === "add") return new Set([...before[kind], ...given]);
        return new Set([...before[kind], ...given].filter((id) => before[kind].has(id) !== given.has(id)));
      };
      store.setState({
        selection: { nodes: merge("nodes"), wires: merge("wires"), comments: merge("comments") },
      });
    },
  };
});

const at = (point: Point, keys: Partial<Press> = {}): Press => ({
  at: point,
  screen: point,
  shift: false,
  control: false,
  alt: false,
  ...keys,
});
const nodes = () => [...around.store.getState().selection.nodes];

function drag(from: Point, to: Point, keys: Partial<Press> = {}): void {
  const dragging = press(around, at(from, keys), hitAt(around, from, true));
  dragging?.move(at({ x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }, keys));
  dragging?.move(at(to, keys));
  expect(written).toEqual([]);
  dragging?.end(at(to, keys));
}

function click(point: Point, keys: Partial<Press> = {}): void {
  press(around, at(point, keys), hitAt(around, point, true))?.end(at(point, keys));
}

const pin = (node: string, side: "input" | "output", kind: "flow" | "value", socket: string): Point =>
  pinPoint(graph, { node, side, kind, socket })!;

describe("selecting", () => {
  it("replaces, adds and toggles", () => {
    click({ x: 40, y: 10 });
    click({ x: 440, y: 10 }, { shift: true });
    expect(nodes()).toEqual(["start", "branch"]);
    click({ x: 40, y: 10 }, { control: true });
    expect(nodes()).toEqual(["branch"]);
    click({ x: 300, y: 500 });
    expect(nodes()).toEqual([]);
  });

  it("by marquee, adding with Shift", () => {
    click({ x: 440, y: 10 });
    drag({ x: -60, y: -60 }, { x: 60, y: 20 }, { shift: true });
    expect(nodes()).toEqual(["branch", "start"]);
    expect(around.store.getState().marquee).toBeNull();
  });
});

describe("moving", () => {
  it("writes once, on the grid, what is selected", () => {
    click({ x: 40, y: 10 });
    click({ x: 440, y: 10 }, { shift: true });
    drag({ x: 40, y: 10 }, { x: 61, y: 10 });
    expect(written).toHaveLength(1);
    expect(written[0]?.changes).toEqual([
      { collection: "nodes", id: "start", set: { position: { x: 20, y: 0 } } },
      { collection: "nodes", id: "branch", set: { position: { x: 420, y: 0 } } },
    ]);
  });

  it("a frame carries what stands in it", () => {
    drag({ x: 200, y: 150 }, { x: 240, y: 150 });
    expect(written[0]?.type).toBe("comment.move");
    expect(written[0]?.changes.map(({ id }) => id).sort()).toEqual(["add", "c"]);
  });

  it("a frame's edge resizes it", () => {
    drag({ x: 280, y: 300 }, { x: 320, y: 300 });
    expect(written[0]?.changes).toEqual([
      {
        collection: "comments",
        id: "c",
        set: { position: { x: -40, y: 140 }, size: { width: 360, height: 240 } },
      },
    ]);
  });

  it("writes nothing when it is given up", () => {
    const dragging = press(around, at({ x: 40, y: 10 }), hitAt(around, { x: 40, y: 10 }, true));
    dragging?.move(at({ x: 90, y: 10 }));
    expect(around.store.getState().drag?.by).toEqual({ x: 52, y: 0 });
    dragging?.cancel();
    expect(around.store.getState().drag).toBeNull();
    expect(written).toEqual([]);
  });
});

describe("wiring", () => {
  it("a new wire from a flow output replaces the old one", () => {
    drag(pin("branch", "output", "flow", "true"), pin("branch", "input", "flow", "in"));
    expect(written[0]?.type).toBe("wire.create");
  });

  it("refuses what does not fit", () => {
    drag(pin("start", "output", "flow", "out"), pin("add", "input", "value", "a"));
    expect(written).toEqual([]);
  });

  it("refuses to wire a node's value to itself", () => {
    drag(pin("add", "output", "value", "value"), pin("add", "input", "value", "a"));
    expect(written).toEqual([]);
  });

  it("a value input gives its wire away; dropped on nothing, it is gone", () => {
    drag(pin("branch", "input", "value", "condition"), { x: 300, y: 600 });
    expect(written).toEqual([
      { type: "wire.delete", changes: [{ collection: "wires", id: "w2", remove: true }] },
    ]);
  });

  it("a pin dropped on nothing asks for a node", () => {
    drag(pin("branch", "output", "flow", "false"), { x: 800, y: 300 });
    expect(around.store.getState().palette).toMatchObject({
      at: { x: 800, y: 300 },
      pin: { node: "branch", socket: "false" },
    });
    expect(written).toEqual([]);
  });

  it("Alt and a click take the wires of a pin away", () => {
    click(pin("add", "output", "value", "value"), { alt: true });
    expect(written[0]?.changes).toEqual([{ collection: "wires", id: "w2", remove: true }]);
  });
});
