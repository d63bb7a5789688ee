import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { Twin } from "../ipc/testing/twin";
import { closeProjectHere } from "../testing/reset";
import { App } from "./App";

vi.mock("../editors/blueprint/BlueprintEditor", () => ({
  BlueprintEditor: () => <div role="application" aria-label="Blueprint" />,
}));

const user = userEvent.setup();

async function openApp(): Promise<Twin> {
  const twin = new Twin().install();
  render(<App />);
  await user.click(await screen.findByRole("treeitem", { name: "Mole 1" }));
  return twin;
}

const mole = (twin: Twin) => twin.document("scene").collections.entities?.mole1;
const all = "{Control>}a{/Control}";

beforeEach(closeProjectHere);

describe("what is typed in the Inspector", () => {
  it("is kept when another entity is selected", async () => {
    const twin = await openApp();
    await user.type(await screen.findByRole("spinbutton", { name: "Position y" }), `${all}4.4`);
    await user.click(screen.getByRole("treeitem", { name: "Mole 2" }));
    await waitFor(() => expect((mole(twin)?.translation as number[])[1]).toBe(4.4));
    expect(twin.document("scene").collections.entities?.mole2?.translation ?? []).not.toContain(4.4);
  });

  it("leaves the other axes as somebody set them a moment ago", async () => {
    const twin = await openApp();
    const y = await screen.findByRole("spinbutton", { name: "Position y" });
    await user.type(y, `${all}9`);
    twin.documents.editAsGuest("scene", "entity.transform", [
      { collection: "entities", id: "mole1", set: { translation: [7, 0, 0] } },
    ]);
    // It has arrived then, and no frame has shown it yet.
    setTimeout(() => fireEvent.keyDown(y, { key: "Enter" }));
    await waitFor(() => expect(mole(twin)?.translation).toEqual([7, 9, 0]));
  });

  it("is saved before the window closes", async () => {
    const twin = await openApp();
    await user.type(await screen.findByRole("textbox", { name: "Name" }), `${all}Mole king`);
    await act(() => twin.closeWindow());
    await waitFor(() => expect(twin.calls).toContain("quit"));
    expect(mole(twin)?.name).toBe("Mole king");
    expect(twin.calls.indexOf("document_edit")).toBeLessThan(twin.calls.indexOf("quit"));
  });

  it("keeps the window open where it cannot be saved", async () => {
    const twin = await openApp();
    await user.type(await screen.findByRole("textbox", { name: "Name" }), `${all}Mole king`);
    twin.failNext = { code: "storage", message: "The disk is full.", detail: "" };
    await act(() => twin.closeWindow());
    await waitFor(() => expect(twin.calls).toContain("stay_open"));
    expect(twin.calls).not.toContain("quit");
  });

  it("is said to be lost, and through whom, when somebody deletes what it is of", async () => {
    const twin = await openApp();
    await user.type(await screen.findByRole("textbox", { name: "Name" }), `${all}Mole king`);
    act(() =>
      twin.documents.editAsGuest("scene", "entity.delete", [
        { collection: "entities", id: "mole1", remove: true },
      ]),
    );
    await screen.findByText("Guest 2 entity.delete meanwhile");
    screen.getByText("Not kept: Mole king");
  });
});

describe("a rename that is taken back after typing", () => {
  it("gives the keyboard back to the row of the Hierarchy", async () => {
    const twin = await openApp();
    await user.keyboard("{F2}");
    await screen.findByRole("textbox", { name: "Rename Mole 1" });
    await user.keyboard("x{Escape}");
    expect(screen.queryByRole("textbox", { name: "Rename Mole 1" })).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole("tree", { name: "Hierarchy" }));
    await user.keyboard("{Delete}");
    await waitFor(() => expect(mole(twin)).toBeUndefined());
  });

  it("gives it back to the document, too", async () => {
    await openApp();
    screen.getByRole("button", { name: /Blueprint Score/ }).focus();
    await user.keyboard("{F2}");
    await screen.findByRole("textbox", { name: "Rename Score" });
    await user.keyboard("x{Escape}");
    await waitFor(() => expect(document.activeElement?.textContent).toContain("Score"));
  });
});
