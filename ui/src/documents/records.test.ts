import { describe, expect, it } from "vitest";

import type { Collections, NodeShape } from "../ipc/types";
import { DocumentRecords, SHAPES } from "./records";

const before: Collections = {
  nodes: { a: { op: "math/add", label: "Sum" }, b: { op: "math/mul" } },
  wires: { w: { kind: "value", from: "a", to: "b" } },
};
const shape: NodeShape = {
  ...{ title: "Add", family: "math", known: true },
  ...{ flowIn: [], flowOut: [], valuesIn: [], valuesOut: [] },
};
const records = () => new DocumentRecords({ collections: before, shapes: { a: shape } });
const delta = (upserted: Collections, removed: Record<string, string[]> = {}) => ({
  upserted,
  removed,
  shapes: {},
});
/** What changed since the beginning, as plain lists. */
const changes = (all: DocumentRecords, since = 0) =>
  Object.fromEntries([...(all.changedSince(since) ?? [])].map(([name, ids]) => [name, [...ids].sort()]));

describe("confirming a delta", () => {
  it("changes what it names, says so, and keeps the identity of the rest", () => {
    const all = records();
    all.confirm(delta({ nodes: { b: { op: "math/sub" }, c: { op: "math/div" } } }));
    expect(all.object("nodes")).toEqual({ a: before.nodes!.a, b: { op: "math/sub" }, c: { op: "math/div" } });
    expect(all.get("nodes", "a")).toBe(before.nodes!.a);
    expect(all.object("wires")).toBe(before.wires);
    expect(before.nodes!.b).toEqual({ op: "math/mul" });
    expect(changes(all)).toEqual({ nodes: ["b", "c"] });
  });

  it("removes records, and lets an id that returns in the same delta stand", () => {
    const all = records();
    all.confirm(delta({ nodes: { b: { op: "new" } } }, { nodes: ["a", "b", "unknown"] }));
    expect(all.object("nodes")).toEqual({ b: { op: "new" } });
    expect(changes(all)).toEqual({ nodes: ["a", "b"], [SHAPES]: ["a"] });
  });

  it("says nothing and is the same object when nothing changes", () => {
    const all = records();
    all.confirm(delta({}, { nodes: ["unknown"] }));
    expect(all.object("nodes")).toBe(before.nodes);
    expect(changes(all)).toEqual({});
  });

  it("does not remember for ever what changed", () => {
    const all = records();
    for (let at = 0; at < 10_000; at += 1) all.confirm(delta({ nodes: { b: { op: `${at}` } } }));
    expect(all.changedSince(0)).toBeUndefined();
    expect(changes(all, all.version - 1)).toEqual({ nodes: ["b"] });
  });
});

describe("an edit over what is confirmed", () => {
  it("sets and clears fields of one record", () => {
    const all = records();
    all.lay({
      changes: [{ collection: "nodes", id: "a", set: { label: null, position: { x: 1, y: 2 } } }],
    });
    expect(all.get("nodes", "a")).toEqual({ op: "math/add", position: { x: 1, y: 2 } });
    expect(all.get("nodes", "b")).toBe(before.nodes!.b);
  });

  it("puts into a collection that was empty, and removes", () => {
    const all = records();
    all.lay({
      changes: [
        { collection: "comments", id: "c", put: { text: "Hello" } },
        { collection: "wires", id: "w", remove: true },
      ],
    });
    expect(all.object("comments")).toEqual({ c: { text: "Hello" } });
    expect(all.object("wires")).toEqual({});
  });

  it("passes over a record that is gone", () => {
    const all = records();
    all.lay({ changes: [{ collection: "nodes", id: "gone", set: { label: "x" } }] });
    expect(changes(all)).toEqual({});
  });

  it("leaves, when it is lifted, what is confirmed meanwhile and what other edits say", () => {
    const all = records();
    const first = { changes: [{ collection: "nodes", id: "a", set: { label: "First" } }] };
    const second = { changes: [{ collection: "nodes", id: "a", set: { note: "Second" } }] };
    all.lay(first);
    all.lay(second);
    all.confirm(delta({ nodes: { a: { op: "math/sub", label: "Theirs" } } }));
    expect(all.get("nodes", "a")).toEqual({ op: "math/sub", label: "First", note: "Second" });
    all.lift(first);
    expect(all.get("nodes", "a")).toEqual({ op: "math/sub", label: "Theirs", note: "Second" });
    all.lift(second);
    expect(all.get("nodes", "a")).toEqual({ op: "math/sub", label: "Theirs" });
  });
});
