import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Twin } from "../ipc/testing/twin";
import { documentStore, edit, holdDocument, undo, undoEvent, useRecord } from "./document";
import { openDocuments } from "./openDocuments";

let twin: Twin;
let release: () => void;
const nodes = () => documentStore("loop").getState().view?.collections.nodes ?? {};
/** Once all that is on its way has come, and been shown with a frame. */
const settled = async () => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => requestAnimationFrame(resolve));
};

beforeEach(async () => {
  twin = new Twin().install();
  release = holdDocument("loop");
  await settled();
});

afterEach(() => {
  release();
  openDocuments.clear();
});

describe("an open document", () => {
  it("shows an edit at once and keeps it when the delta arrives", async () => {
    const untouched = nodes().branch;
    const writing = edit("loop", "node.set", [{ collection: "nodes", id: "set", set: { label: "Whack" } }]);
    expect(nodes().set?.label).toBe("Whack");
    await writing;
    expect(nodes().set?.label).toBe("Whack");
    await settled();
    expect(nodes().set?.label).toBe("Whack");
    expect(nodes().branch).toBe(untouched);
    expect(documentStore("loop").getState().view?.undo.undo).toBe("set Whack");
  });

  it("shows what was there before when an edit fails", async () => {
    twin.failNext = { code: "storage", message: "The disk is full.", detail: "" };
    const writing = edit("loop", "node.delete", [{ collection: "nodes", id: "set", remove: true }]);
    expect(nodes().set).toBeUndefined();
    await expect(writing).rejects.toMatchObject({ code: "storage", message: "The disk is full." });
    expect(nodes().set).toBeDefined();
  });

  it("takes an edit back", async () => {
    const before = nodes().set;
    await edit("loop", "node.set", [{ collection: "nodes", id: "set", set: { label: "Whack" } }]);
    await undo("loop");
    await settled();
    expect(nodes().set).toEqual(before);
  });

  it("opens once for many holders and closes after the last", async () => {
    const again = holdDocument("loop");
    await settled();
    expect(twin.calls.filter((call) => call === "document_open")).toHaveLength(1);
    vi.useFakeTimers();
    again();
    release();
    vi.advanceTimersByTime(2000);
    vi.useRealTimers();
    await settled();
    expect(twin.calls).toContain("document_close");
    expect(documentStore("loop").getState().view).toBeUndefined();
  });

  it("says why it cannot be opened", async () => {
    const stop = holdDocument("nowhere");
    await settled();
    expect(documentStore("nowhere").getState().failure).toMatchObject({ code: "notFound" });
    stop();
  });

  it("forgets how a node looked that is gone", async () => {
    expect(documentStore("loop").getState().view?.records.looks("set")).toBeDefined();
    await edit("loop", "node.delete", [{ collection: "nodes", id: "set", remove: true }]);
    await settled();
    const { view } = documentStore("loop").getState();
    expect(view?.records.looks("set")).toBeUndefined();
    expect(view?.records.looks("branch")).toBeDefined();
  });

  it("tells whoever watches a record of that one, and of no other", async () => {
    let renders = 0;
    const { result } = renderHook(() => {
      renders += 1;
      return useRecord("loop", "nodes", "set");
    });
    const label = async (id: string, text: string) => {
      const change = { collection: "nodes", id, set: { label: text } };
      await act(() => edit("loop", "node.set", [change]).then(settled));
    };
    const before = renders;
    await label("branch", "Other");
    expect(renders).toBe(before);
    await label("set", "Watched");
    expect(result.current?.label).toBe("Watched");
  });

  it("shows what comes in one frame at once", async () => {
    const frames: (() => void)[] = [];
    vi.stubGlobal("requestAnimationFrame", (frame: () => void) => frames.push(frame));
    const views = new Set<unknown>();
    const forget = documentStore("loop").subscribe(({ view }) => views.add(view));
    for (const label of ["One", "Two", "Three"]) {
      twin.documents.editAsGuest("loop", "node.set", [{ collection: "nodes", id: "set", set: { label } }]);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
    vi.unstubAllGlobals();
    expect(views.size).toBe(0);
    frames.forEach((frame) => frame());
    forget();
    expect(nodes().set?.label).toBe("Three");
    expect(views.size).toBe(1);
  });

  it("is read anew where not all that changed was told", async () => {
    twin.documents.missNext = true;
    twin.documents.editAsGuest("loop", "node.set", [
      { collection: "nodes", id: "set", set: { label: "Told" } },
    ]);
    await settled();
    await settled();
    expect(nodes().set?.label).toBe("Told");
    expect(twin.calls.filter((call) => call === "document_open")).toHaveLength(2);
    expect(twin.calls).toContain("document_close");
    await edit("loop", "node.set", [{ collection: "nodes", id: "set", set: { label: "Again" } }]);
    await settled();
    expect(nodes().set?.label).toBe("Again");
  });

  it("does not show an edit over the snapshot that holds it, or a later one", async () => {
    release();
    openDocuments.clear();
    let answer: () => void = () => undefined;
    twin.documents.beforeOpening = new Promise<void>((resolve) => {
      answer = resolve;
    });
    release = holdDocument("loop");
    await edit("loop", "node.set", [{ collection: "nodes", id: "set", set: { label: "Old" } }]);
    twin.documents.editAsGuest("loop", "node.set", [
      { collection: "nodes", id: "set", set: { label: "New" } },
    ]);
    answer();
    await settled();
    expect(nodes().set?.label).toBe("New");
  });

  it("takes back the gesture of an event, not what came after it", async () => {
    const { cids } = await edit("loop", "node.delete", [{ collection: "nodes", id: "set", remove: true }]);
    await edit("loop", "node.set", [{ collection: "nodes", id: "branch", set: { label: "Later" } }]);
    await undoEvent("loop", cids[0]!);
    await settled();
    expect(nodes().set).toBeDefined();
    expect(nodes().branch?.label).toBe("Later");
    await expect(undoEvent("loop", cids[0]!)).rejects.toMatchObject({ code: "nothingToDo" });
  });
});
