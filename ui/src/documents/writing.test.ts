import { beforeEach, describe, expect, it } from "vitest";

import { Twin } from "../ipc/testing/twin";
import type { Change } from "../ipc/types";
import { openDocuments } from "./openDocuments";
import { documentStore, edit, holdDocument, undo } from "./document";
import { saving } from "./saving";
import { writeAlone } from "./writing";

let twin: Twin;

const nodes = () => documentStore("loop").getState().view?.collections.nodes ?? {};
const saved = () => twin.document("loop").collections.nodes ?? {};
const label = (id: string, text: string): Change => ({ collection: "nodes", id, set: { label: text } });
const node = (id: string): Change => ({ collection: "nodes", id, put: { op: "math/add" } });
const write = (...changes: Change[]) => edit("loop", "node.set", changes);
/** How each ended: with nothing, or with the words of its failure. */
const ends = (writes: readonly Promise<unknown>[]) =>
  Promise.all(
    writes.map((one) =>
      one.then(
        () => "",
        (failure: Error) => failure.message,
      ),
    ),
  );
/** What is to be sent is sent, and what came is taken. */
const moment = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(async () => {
  openDocuments.clear();
  twin = new Twin({ past: 0 }).install();
  holdDocument("loop");
  await moment();
});

describe("edits on their way", () => {
  it("do not wait for each other's answers, and are not said to be saved before they are", async () => {
    let answer: () => void = () => undefined;
    twin.documents.row.beforeAnswering = new Promise<void>((resolve) => (answer = resolve));
    const writes = ["One", "Two", "Three"].map((text) => write(label("set", text)));
    await moment();
    expect(twin.calls.filter((call) => call === "document_edit")).toHaveLength(3);
    expect(nodes().set?.label).toBe("Three");
    expect(saving.getState().pending).toBe(3);
    let isSaved = false;
    const first = writes[0]!.then(() => (isSaved = true));
    await moment();
    expect(isSaved).toBe(false);
    answer();
    await first;
    await Promise.all(writes);
    expect(saving.getState().pending).toBe(0);
    expect(saved().set?.label).toBe("Three");
  });

  it("are so many at once and no more, in their order", async () => {
    let answer: () => void = () => undefined;
    twin.documents.row.beforeAnswering = new Promise<void>((resolve) => (answer = resolve));
    const writes = Array.from({ length: 200 }, (_, at) => write(label("set", `${at}`)));
    await moment();
    expect(twin.calls.filter((call) => call === "document_edit")).toHaveLength(64);
    answer();
    await Promise.all(writes);
    expect(saved().set?.label).toBe("199");
    const labels = twin.documents.written.map(([change]) => change && "set" in change && change.set.label);
    expect(labels).toEqual(Array.from({ length: 200 }, (_, at) => `${at}`));
  });

  it("that fail take back what was shown and what builds on it, and nothing else", async () => {
    let answer: () => void = () => undefined;
    twin.documents.row.beforeAnswering = new Promise<void>((resolve) => (answer = resolve));
    twin.documents.refused.add("new1");
    const writes = [
      write(label("branch", "Before")),
      write(node("new1")),
      write(label("new1", "Named")),
      write({ collection: "wires", id: "w9", put: { kind: "flow", from: "start", to: "new1" } }),
      write({
        collection: "comments",
        id: "c9",
        put: { text: "Of the wire", size: { width: 1, height: 1 } },
      }),
      write(label("set", "After")),
    ];
    await moment();
    expect(nodes().new1?.label).toBe("Named");
    const later = write(label("equal", "Later"));
    answer();
    const refused = "It cannot be made.";
    expect(await ends([...writes, later])).toEqual(["", refused, refused, refused, "", "", ""]);
    expect(nodes().new1).toBeUndefined();
    expect(documentStore("loop").getState().view?.collections.wires?.w9).toBeUndefined();
    expect(saved()).toMatchObject({
      branch: { label: "Before" },
      set: { label: "After" },
      equal: { label: "Later" },
    });
    expect(twin.document("loop").collections.comments).toHaveProperty("c9");
    expect(saving.getState().pending).toBe(0);
  });

  it("all fail with the disk, each with its words", async () => {
    twin.failNext = { code: "storage", message: "The disk is full.", detail: "" };
    const before = nodes().set?.label;
    const writes = [write(label("set", "One")), write(label("branch", "Two"))];
    expect(await ends(writes)).toEqual(["The disk is full.", "The disk is full."]);
    expect(nodes().set?.label).toBe(before);
    await write(label("set", "Again"));
    expect(saved().set?.label).toBe("Again");
  });

  it("that the shell did not understand hold nobody up", async () => {
    twin.documents.row.loseNext = true;
    const lost = write(label("set", "Lost"));
    const behind = write(label("branch", "Behind"));
    expect((await ends([lost]))[0]).not.toBe("");
    await behind;
    expect(saved().branch?.label).toBe("Behind");
    expect(twin.calls).toContain("edits_end");
  });

  it("come before what is undone after them, and after what was undone before", async () => {
    const writes = [write(label("set", "One")), undo("loop"), write(label("set", "Two")), undo("loop")];
    await Promise.all(writes);
    expect(saved().set?.label).toBeUndefined();
  });
});

it("runs what is written alone when what was before it has ended, even in failure", async () => {
  const seen: string[] = [];
  let fail: (error: Error) => void = () => undefined;
  const first = writeAlone(() => {
    seen.push("first begins");
    return new Promise<never>((_, reject) => (fail = reject));
  });
  const second = writeAlone(() => {
    seen.push("second begins");
    return Promise.resolve("written");
  });
  await moment();
  expect(seen).toEqual(["first begins"]);
  fail(new Error("refused"));
  await expect(first).rejects.toThrow("refused");
  await expect(second).resolves.toBe("written");
  expect(seen).toEqual(["first begins", "second begins"]);
});
