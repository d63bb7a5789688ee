import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { Twin } from "../ipc/testing/twin";
import { closeProjectHere } from "../testing/reset";
import { App } from "./App";

vi.mock("../editors/blueprint", () => ({
  BlueprintEditor: () => <div role="application" aria-label="Blueprint" />,
}));

const user = userEvent.setup();

async function openApp(options: ConstructorParameters<typeof Twin>[0] = {}): Promise<Twin> {
  const twin = new Twin(options).install();
  render(<App />);
  await screen.findAllByRole("button");
  return twin;
}

beforeEach(closeProjectHere);

describe("the start screen", () => {
  it("offers the sample first and opens it", async () => {
    const twin = await openApp({ open: false });
    expect(screen.getByRole("heading", { name: "WISSIL" })).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Open the sample" }));
    await screen.findByRole("button", { name: "Project Whack-a-Mole" });
    expect(twin.calls).toContain("project_sample");
  });

  it("greys a project whose folder is gone and lets one remove it", async () => {
    const twin = await openApp({ open: false });
    const gone = screen.getByRole("button", { name: /^Old racing game/ });
    expect(gone.hasAttribute("disabled")).toBe(true);
    await user.click(screen.getByRole("button", { name: "Remove Old racing game from the list" }));
    expect(twin.calls).toContain("recent_remove");
  });

  it("makes a project from a typed name and folder", async () => {
    const twin = await openApp({ open: false });
    await user.click(screen.getByRole("button", { name: "New project…" }));
    const dialog = await screen.findByRole("dialog", { name: "New project" });
    await user.type(within(dialog).getByLabelText("Name"), "Moles: two");
    const folder: HTMLInputElement = within(dialog).getByLabelText("Folder");
    expect(folder.value).toBe("/home/ada/WISSIL/Moles- two");
    await user.click(within(dialog).getByRole("button", { name: "Create project" }));
    await waitFor(() => expect(twin.calls).toContain("project_new"));
  });
});

describe("the main window", () => {
  it("shows the hierarchy, renames an entity and takes it back", async () => {
    const twin = await openApp();
    await user.click(await screen.findByRole("treeitem", { name: "Mole 1" }));
    await user.keyboard("{F2}");
    await screen.findByRole("textbox", { name: "Rename Mole 1" });
    await user.keyboard("Mole king{Enter}");
    await screen.findByRole("treeitem", { name: "Mole king" });
    expect(twin.document("scene").collections.entities?.mole1?.name).toBe("Mole king");
    await user.click(await screen.findByRole("button", { name: "Undo rename Mole king" }));
    await screen.findByRole("treeitem", { name: "Mole 1" });
  });

  it("deletes an entity with what hangs below it as one gesture", async () => {
    const twin = await openApp();
    await user.click(await screen.findByRole("treeitem", { name: "Mole 1" }));
    const before = twin.events.length;
    await user.keyboard("{Delete}");
    await waitFor(() => expect(twin.document("scene").collections.entities?.bone1).toBeUndefined());
    expect(twin.events.length).toBe(before + 1);
  });

  it("walks the hierarchy by keyboard", async () => {
    await openApp();
    await user.click(await screen.findByRole("treeitem", { name: "Board" }));
    await user.keyboard("{ArrowDown}{ArrowLeft}");
    expect((await screen.findByRole("treeitem", { name: "Mole 1" })).getAttribute("aria-expanded")).toBe(
      "false",
    );
    await user.keyboard("sun");
    await waitFor(() =>
      expect(screen.getByRole("treeitem", { selected: true }).getAttribute("aria-label")).toBe("Sun"),
    );
  });

  it("edits a field in the Inspector as one gesture and shows a failure", async () => {
    const twin = await openApp();
    await user.click(await screen.findByRole("treeitem", { name: "Mole 1" }));
    const x = await screen.findByRole("spinbutton", { name: "Position x" });
    act(() => x.focus());
    await user.keyboard("1/4{Enter}");
    await waitFor(() =>
      expect(twin.document("scene").collections.entities?.mole1?.translation).toEqual([0.25, 0, 0]),
    );
    expect(twin.events.at(-1)?.eventType).toBe("entity.transform");

    twin.failNext = { code: "storage", message: "The disk is full. Free some space.", detail: "" };
    await user.keyboard("9{Enter}");
    expect((await screen.findAllByText(/The disk is full/)).length).toBeGreaterThan(0);
    expect((x as HTMLInputElement).value).toBe("0.25");
  });

  it("finds entities from the palette and shows them", async () => {
    await openApp();
    await screen.findByRole("treeitem", { name: "Board" });
    await user.keyboard("{Control>}k{/Control}");
    const input = await screen.findByPlaceholderText(/Find commands/);
    await user.type(input, "camera");
    await user.click(await screen.findByRole("option", { name: /Camera.*Board/ }));
    await waitFor(() =>
      expect(screen.getByRole("treeitem", { name: "Camera" }).getAttribute("aria-selected")).toBe("true"),
    );
  });

  it("lists events newest first and problems with a way to each", async () => {
    await openApp({ past: 3 });
    const events = await screen.findByRole("list", { name: "Events" });
    await waitFor(() => expect(within(events).getAllByRole("listitem")).toHaveLength(3));
    expect(screen.getByRole("button", { name: "3 events" })).toBeTruthy();
    expect(screen.getByRole("button", { name: "1 problem" })).toBeTruthy();
  });
});
