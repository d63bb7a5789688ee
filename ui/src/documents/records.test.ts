import { describe, expect, it, vi } from "vitest";

import type { Collections, NodeShape } from "../ipc/types";
import { DocumentRecords, LOOKS } from "./records";
import type { Derived } from "./records";

const before: Collections = {
  nodes: { a: { op: "math/add", label: "Sum" }, b: { op: "math/mul" } },
  wires: { w: { kind: "value", from: "a", to: "b" } },
};
const shape: NodeShape = {
  ...{ title: "Add", family: "math", known: true },
  ...{ flowIn: [], flowOut: [], valuesIn: [], valuesOut: [] },
};
const records = () => new DocumentRecords({ collections: before, derived: { a: shape } });
const delta = (upserted: Collections, removed: Record<string, string[]> = {}) => ({
  upserted,
  removed,
  derived: {},
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
    expect(changes(all)).toEqual({ nodes: ["a", "b"] });
  });

  it("takes how records look, and forgets how one looked that is gone", () => {
    const all = records();
    const other = { ...shape, title: "Sum" };
    all.confirm({ ...delta({}), derived: { a: null, b: other } });
    expect([all.looks("a"), all.looks("b")]).toEqual([undefined, other]);
    expect(changes(all)).toEqual({ [LOOKS]: ["a", "b"] });
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

describe("what follows from the records", () => {
  const LABELS: Derived<string> = {
    from: { nodes: ["label"], wires: [], [LOOKS]: ["title"] },
    make: (all) => [...all.all("nodes").values()].map(({ label }) => String(label)).join(),
  };

  it("is made anew when a field changes that it is made from, or a record comes or goes", () => {
    const all = records();
    const make = vi.fn(LABELS.make);
    const labels = { ...LABELS, make };
    const madeAfter = (change: Parameters<typeof delta>[0], removed?: Record<string, string[]>) => {
      all.confirm(delta(change, removed));
      all.derive(labels);
      return make.mock.calls.length;
    };
    expect(madeAfter({})).toBe(1);
    expect(madeAfter({ nodes: { a: { ...before.nodes!.a, position: { x: 9, y: 9 } } } })).toBe(1);
    expect(madeAfter({ wires: { w: { kind: "flow" } } })).toBe(1);
    expect(madeAfter({ nodes: { b: { op: "x", label: "Other" } } })).toBe(2);
    expect(all.derive(labels)).toContain("Other");
    expect(madeAfter({}, { wires: ["w"] })).toBe(3);
  });

  it("is the same where a field comes again with what it held", () => {
    const all = records();
    const places: Derived<object> = { from: { nodes: ["position"] }, make: () => ({}) };
    all.confirm(delta({ nodes: { a: { position: { x: 1, y: 2 } } } }));
    const made = all.derive(places);
    all.confirm(delta({ nodes: { a: { position: { x: 1, y: 2 }, label: "A" } } }));
    expect(all.derive(places)).toBe(made);
    all.confirm(delta({ nodes: { a: { position: { x: 1, y: 3 }, label: "A" } } }));
    expect(all.derive(places)).not.toBe(made);
  });
});

it("tells records that are there from those that are gone, and when they come and go", () => {
  const all = records();
  const refs = [
    { collection: "nodes", id: "a" },
    { collection: "nodes", id: "gone" },
    { collection: "comments", id: "a" },
  ];
  expect(all.there(refs)).toEqual([refs[0]]);
  const before = all.comings(["nodes"]);
  all.confirm(delta({ nodes: { a: { label: "Other" } }, comments: { a: { text: "Hello" } } }));
  expect(all.comings(["nodes"])).toBe(before);
  all.confirm(delta({ nodes: { gone: { op: "x" } } }));
  expect(all.comings(["nodes"])).not.toBe(before);
});
