import { beforeEach, describe, expect, it, vi } from "vitest";

import { clearSelection, onReveal, reveal, select, selected, selection, setTabOpener } from "./selection";

const ref = (id: string) => ({ collection: "nodes", id });
const ids = () => selection.getState().refs.map(({ id }) => id);

beforeEach(() => {
  select("loop", []);
  clearSelection();
});

describe("selecting", () => {
  it.each([
    ["replace", ["c"], ["c"]],
    ["add", ["b", "c"], ["a", "b", "c"]],
    ["toggle", ["b", "c"], ["a", "c"]],
  ] as const)("%s", (mode, given, expected) => {
    select("loop", [ref("a"), ref("b")]);
    select("loop", given.map(ref), mode);
    expect(ids()).toEqual(expected);
  });

  it("names each record once", () => {
    select("loop", [ref("a"), ref("a")]);
    expect(ids()).toEqual(["a"]);
  });

  it("leaves what was selected in another document", () => {
    const before = { document: "loop", refs: [ref("a")] };
    expect(selected(before, "score", [ref("b")], "add")).toEqual({ document: "score", refs: [ref("b")] });
  });

  it("tells apart records of one id in two collections", () => {
    const before = { document: "loop", refs: [ref("a")] };
    expect(selected(before, "loop", [{ collection: "wires", id: "a" }], "add").refs).toHaveLength(2);
  });
});

describe("revealing", () => {
  it("opens the tab, selects, and hands over to an editor that mounts later, once", () => {
    const open = vi.fn();
    setTabOpener(open);
    reveal("loop", [ref("a")]);
    expect(open).toHaveBeenCalledWith("loop");
    expect(ids()).toEqual(["a"]);
    const handler = vi.fn();
    onReveal("loop", handler)();
    expect(handler).toHaveBeenCalledWith([ref("a")], false);
    const second = vi.fn();
    onReveal("loop", second)();
    expect(second).not.toHaveBeenCalled();
  });
});
