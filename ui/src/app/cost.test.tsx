/** One change of one record costs what it touches, however much there is: counted, not timed. */
import { act, render, screen } from "@testing-library/react";
import { Profiler } from "react";
import type { ReactNode } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { holdDocument } from "../documents/document";
import { select } from "../documents/selection";
import { Outline } from "../editors/blueprint/outline/Outline";
import { Variables } from "../editors/blueprint/variables/Variables";
import { EntityRow } from "../editors/scene/EntityRow";
import { entityTree } from "../editors/scene/entityTree";
import { SceneTree } from "../editors/scene/SceneTree";
import { Twin } from "../ipc/testing/twin";
import type { FieldValue } from "../ipc/types";
import { DocumentList } from "../panels/hierarchy/DocumentList";
import { InspectorPanel } from "../panels/inspector/InspectorPanel";
import { start } from "../project/project";
import { useTargets } from "../project/targets";
import { closeProjectHere } from "../testing/reset";

import "./kinds";
import { StatusBar } from "./StatusBar";

const { counted } = vi.hoisted(() => ({
  counted: <F extends (...given: never[]) => unknown>(actual: F) => vi.fn(actual),
}));
vi.mock("../editors/scene/entityTree", async (original) => {
  const actual = await original<typeof import("../editors/scene/entityTree")>();
  const entityTree = counted(actual.entityTree);
  const make = (records: Parameters<typeof actual.TREE.make>[0]) => entityTree(records.all("entities"));
  return { ...actual, entityTree, TREE: { ...actual.TREE, make } };
});
vi.mock("../editors/scene/EntityRow", async (original) => {
  const actual = await original<typeof import("../editors/scene/EntityRow")>();
  return { ...actual, EntityRow: counted(actual.EntityRow) };
});

let twin: Twin;
let commits = 0;

const settled = () =>
  act(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => requestAnimationFrame(resolve));
  });

async function show(shown: ReactNode): Promise<void> {
  render(
    <Profiler id="shown" onRender={() => (commits += 1)}>
      {shown}
    </Profiler>,
  );
  await settled();
}

/** Somebody else sets fields of a record: how often what is shown is rendered for it. */
async function rendersOf(document: string, collection: string, id: string, set: Record<string, FieldValue>) {
  const before = commits;
  twin.documents.editAsGuest(document, "some.set", [{ collection, id, set }]);
  await settled();
  return commits - before;
}

const inScene = (id: string, set: Record<string, FieldValue>) => rendersOf("scene", "entities", id, set);
const inLoop = (collection: string, id: string, set: Record<string, FieldValue>) =>
  rendersOf("loop", collection, id, set);

beforeEach(async () => {
  closeProjectHere();

  twin = new Twin({ entities: 10_000, past: 0 }).install();
  await act(start);
});

describe("in a scene of ten thousand entities", () => {
  it("the Hierarchy renders the row of a changed entity, and no other", async () => {
    await show(<SceneTree document="scene" />);
    const [rows, trees] = [vi.mocked(EntityRow), vi.mocked(entityTree)];
    expect(screen.getByRole("treeitem", { name: "Mole 1" })).toBeTruthy();
    rows.mockClear();
    trees.mockClear();
    expect(await inScene("mole1", { name: "King" })).toBe(1);
    expect(screen.getByRole("treeitem", { name: "King" })).toBeTruthy();
    expect(rows).toHaveBeenCalledTimes(1);
    expect(await inScene("mole1", { translation: [1, 2, 3] })).toBe(1);
    expect(rows).toHaveBeenCalledTimes(2);
    // One that is far below what is shown.
    expect(await inScene("mole2000", { name: "Nobody" })).toBe(0);
    expect(rows).toHaveBeenCalledTimes(2);
    expect(trees).not.toHaveBeenCalled();
    await inScene("sun", { order: -1 });
    expect(trees).toHaveBeenCalledTimes(1);
    expect(screen.getAllByRole("treeitem")[0]?.getAttribute("aria-label")).toBe("Sun");
  });

  it("the Inspector and the status bar render for what is selected", async () => {
    select("scene", [{ collection: "entities", id: "mole1" }]);
    await show(<InspectorPanel />);
    expect(await inScene("mole2", { name: "Another" })).toBe(0);
    expect(await inScene("mole1", { name: "King" })).toBeGreaterThan(0);
    expect(screen.getByText("King")).toBeTruthy();
  });

  it("the status bar says what a selected entity is called, and counts", async () => {
    holdDocument("scene");
    select("scene", [{ collection: "entities", id: "mole1" }]);
    await show(<StatusBar />);
    expect(screen.getByText("Entity Mole 1")).toBeTruthy();
    // The number of events is another, and nothing else.
    expect(await inScene("mole2", { name: "Another" })).toBe(1);
    await inScene("mole1", { name: "King" });
    expect(screen.getByText("Entity King")).toBeTruthy();
  });

  it("what can be referred to is listed anew only when a name is another", async () => {
    const Targets = () => <p>{useTargets().map(({ label }) => label)}</p>;
    await show(<Targets />);
    expect(await inScene("mole1", { translation: [1, 2, 3] })).toBe(0);
    expect(await inScene("mole1", { name: "King" })).toBe(1);
    expect(screen.getByText(/King/)).toBeTruthy();
  });

  it("the list of documents renders when one of them is another, not with every event", async () => {
    await show(<DocumentList fill />);
    expect(await inScene("mole1", { name: "King" })).toBe(0);
    expect(await rendersOf("manifest", "documents", "loop", { name: "Loop" })).toBe(1);
  });
});

describe("in a Blueprint", () => {
  it("the Outline renders for names and wires, not for places", async () => {
    await show(<Outline document="loop" />);
    expect(await inLoop("nodes", "set", { position: { x: 1, y: 2 } })).toBe(0);
    expect(await inLoop("nodes", "set", { label: "Whack" })).toBe(1);
    expect(screen.getByRole("treeitem", { name: "Whack" })).toBeTruthy();
  });

  it("the list of variables renders the one that changed", async () => {
    await show(<Variables document="loop" />);
    expect(await inLoop("nodes", "set", { label: "Whack" })).toBe(0);
    expect(await inLoop("variables", "score", { name: "points" })).toBe(1);
    expect(screen.getByText("points")).toBeTruthy();
  });
});
