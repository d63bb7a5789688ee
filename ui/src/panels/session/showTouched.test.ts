import { renderHook, waitFor } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";

import { showNotice, showOffer } from "../../workspace/notify";
import { selection } from "../../documents/selection";
import type { EventRow } from "../../ipc/types";
import { Twin } from "../../ipc/testing/twin";
import { presentAssets } from "../../project/assets";
import { start } from "../../project/project";
import { MANIFEST, documentInfo } from "../../project/session";
import { closeProjectHere } from "../../testing/reset";
import { selectAssets, useAssetSelection } from "../assets/assetSelection";
import { showTouched } from "./showTouched";

vi.mock("../../workspace/notify", () => ({ showNotice: vi.fn(), showFailure: vi.fn(), showOffer: vi.fn() }));

beforeEach(() => {
  vi.mocked(showNotice).mockClear();
  closeProjectHere();
  selectAssets([]);
});

async function openProject() {
  const twin = new Twin({ past: 1 }).install();
  await start();
  const [row] = twin.history.events;
  const [file] = twin.assets.list;
  await waitFor(() => expect(presentAssets([file!.id])).toHaveLength(1));
  const ofProject = (...touched: EventRow["touched"]) =>
    showTouched({
      ...(row as unknown as EventRow),
      ...{ document: MANIFEST, touched, touchedCount: touched.length },
    });
  return { file: file!, ofProject, twin };
}

it("leads to everything that a large gesture touched", async () => {
  const twin = new Twin({ past: 1 }).install();
  await start();
  const nodes = Object.keys(twin.document("loop").collections.nodes ?? {});
  const all = nodes.map((id) => ({ collection: "nodes", id }));
  const row: EventRow = { ...twin.history.events[0]!, touched: all.slice(0, 2), touchedCount: all.length };
  twin.history.touched.set(row.cid, all);
  await showTouched(row);
  expect(selection.getState().refs).toEqual(all);
});

it("leads from an event of the project to its files", async () => {
  const { file, ofProject } = await openProject();
  await ofProject({ collection: "assets", id: "gone" }, { collection: "assets", id: file.id });
  expect([...renderHook(useAssetSelection).result.current]).toEqual([file.id]);
  expect(showNotice).not.toHaveBeenCalled();
});

it("says what is gone, and what leads nowhere", async () => {
  const { ofProject } = await openProject();
  await ofProject({ collection: "assets", id: "gone" });
  expect(showNotice).toHaveBeenLastCalledWith("What this event touched is gone.");
  await ofProject({ collection: "members", id: "ada" });
  expect(showNotice).toHaveBeenLastCalledWith(expect.stringContaining("the project itself"));
  expect(selection.getState().refs).toEqual([]);
});

it("offers to bring back a document that was deleted", async () => {
  const { ofProject, twin } = await openProject();
  const inDocument = (document: string) => showTouched({ ...twin.history.events[0]!, document });
  twin.documents.editAsGuest("manifest", "document.delete", [
    { collection: "documents", id: "loop", remove: true },
  ]);
  await waitFor(() => expect(documentInfo("loop")).toBeUndefined());
  const found = [() => ofProject({ collection: "documents", id: "loop" }), () => inDocument("loop")];
  for (const show of found) {
    vi.mocked(showOffer).mockClear();
    await show();
    const [, label, bringBack] = vi.mocked(showOffer).mock.lastCall!;
    expect(label).toBe("Bring it back");
    await bringBack();
    await waitFor(() => expect(documentInfo("loop")).toBeDefined());
    twin.documents.editAsGuest("manifest", "document.delete", [
      { collection: "documents", id: "loop", remove: true },
    ]);
    await waitFor(() => expect(documentInfo("loop")).toBeUndefined());
  }
});
