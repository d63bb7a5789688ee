import { describe, expect, it } from "vitest";

import type { Collections } from "../ipc/types";
import { applyChanges, applyDelta } from "./apply";

const before: Collections = {
  nodes: { a: { op: "math/add", label: "Sum" }, b: { op: "math/mul" } },
  wires: { w: { kind: "value", from: "a", to: "b" } },
};

describe("applying a delta", () => {
  it("changes what it names and keeps the identity of the rest", () => {
    const after = applyDelta(before, { nodes: { b: { op: "math/sub" }, c: { op: "math/div" } } }, {});
    expect(after.nodes).toEqual({ a: before.nodes!.a, b: { op: "math/sub" }, c: { op: "math/div" } });
    expect(after.nodes!.a).toBe(before.nodes!.a);
    expect(after.wires).toBe(before.wires);
    expect(before.nodes!.b).toEqual({ op: "math/mul" });
  });

  it("removes records, and lets an id that returns in the same delta stand", () => {
    const after = applyDelta(before, { nodes: { b: { op: "new" } } }, { nodes: ["a", "b", "unknown"] });
    expect(after.nodes).toEqual({ b: { op: "new" } });
  });

  it("is the same object when nothing changes", () => {
    expect(applyDelta(before, {}, { nodes: ["unknown"] })).toBe(before);
  });
});

describe("applying changes before they are written", () => {
  it("sets and clears fields of one record", () => {
    const after = applyChanges(before, [
      { collection: "nodes", id: "a", set: { label: null, position: { x: 1, y: 2 } } },
    ]);
    expect(after.nodes!.a).toEqual({ op: "math/add", position: { x: 1, y: 2 } });
    expect(after.nodes!.b).toBe(before.nodes!.b);
  });

  it("puts into a collection that was empty, and removes", () => {
    const after = applyChanges(before, [
      { collection: "comments", id: "c", put: { text: "Hello" } },
      { collection: "wires", id: "w", remove: true },
    ]);
    expect(after.comments).toEqual({ c: { text: "Hello" } });
    expect(after.wires).toEqual({});
  });

  it("passes over a record that is gone", () => {
    expect(applyChanges(before, [{ collection: "nodes", id: "gone", set: { label: "x" } }])).toBe(before);
  });
});
