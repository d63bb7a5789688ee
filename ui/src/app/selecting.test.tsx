/** Selecting: what one sees is what is selected, and what a filter hides is said. */
import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";

import { select, selection } from "../documents/selection";
import { Twin } from "../ipc/testing/twin";
import { closeProjectHere } from "../testing/reset";
import { selectable } from "../workspace/kinds";
import { App } from "./App";

vi.mock("../editors/blueprint/BlueprintEditor", () => ({
  BlueprintEditor: () => <div role="application" aria-label="Blueprint" />,
}));

const user = userEvent.setup();
const ref = (collection: string, id: string) => ({ collection, id });

async function openApp(): Promise<Twin> {
  const twin = new Twin().install();
  render(<App />);
  await screen.findByRole("treeitem", { name: "Mole 1" });
  return twin;
}

beforeEach(closeProjectHere);

it("selects of what was touched what people see, else what they can edit", () => {
  const [entity, property, material] = [ref("entities", "a"), ref("properties", "b"), ref("materials", "c")];
  expect(selectable("scene", [property, entity, material])).toEqual([entity]);
  expect(selectable("scene", [property, material])).toEqual([material]);
  expect(selectable("scene", [property])).toEqual([property]);
  expect(selectable("scene", [ref("accessors", "d")])).toEqual([]);
});

it("selects a row alone that was selected with what is not shown there", async () => {
  await openApp();
  act(() => select("scene", [ref("entities", "mole1"), ref("materials", "fur"), ref("meshes", "head")]));
  await user.click(await screen.findByRole("treeitem", { name: "Mole 1" }));
  expect(selection.getState().refs).toEqual([ref("entities", "mole1")]);
});

it("counts one of a kind as one", async () => {
  await openApp();
  act(() => select("scene", [ref("entities", "mole1"), ref("entities", "mole2"), ref("meshes", "head")]));
  await screen.findByText("1 mesh");
  screen.getByText("2 entities");
});

it("says that a filter leaves nothing, and takes it away", async () => {
  await openApp();
  const filter = screen.getByRole<HTMLInputElement>("searchbox", { name: "Filter entities" });
  await user.type(filter, "zzz");
  await screen.findByText("Nothing here is called that.");
  await user.click(screen.getByRole("button", { name: "Clear the filter" }));
  expect(filter.value).toBe("");
  await screen.findByRole("treeitem", { name: "Mole 1" });
});

it("tells in the status bar of what is good to know", async () => {
  const twin = await openApp();
  const note = { ...twin.documents.problems[0]!, severity: "info" as const, note: "n1", message: "Kept." };
  twin.documents.problems = [note];
  act(() =>
    twin.documents.editAsGuest("scene", "entity.set", [
      { collection: "entities", id: "mole1", set: { visible: false } },
    ]),
  );
  await waitFor(() => screen.getByRole("button", { name: "no problems, 1 note" }));
});
