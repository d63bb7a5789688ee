import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { select } from "../documents/selection";
import { Twin } from "../ipc/testing/twin";
import { closeProjectHere } from "../testing/reset";
import { App } from "./App";

vi.mock("../editors/blueprint/BlueprintEditor", () => ({
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

  it("says why a project that was asked for did not open", async () => {
    const twin = new Twin().install();
    twin.failNext = { code: "locked", message: "Another process is editing it.", detail: "" };
    render(<App />);
    await screen.findByText("Another process is editing it.");
    await user.click(screen.getByRole("button", { name: "Open the sample" }));
    await screen.findByRole("button", { name: "Project Whack-a-Mole" });
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

describe("a machine that was set back", () => {
  const setAside = { changes: 2, documents: ["Main"], words: ["added Branch", "moved Branch"] };

  it("says so, and makes what was set aside again when asked", async () => {
    const twin = await openApp();
    await screen.findByRole("button", { name: "Project Whack-a-Mole" });
    act(() => twin.network.setBack("This machine was set back.", setAside));
    await screen.findByText("This machine was set back.");
    await screen.findByText("2 changes of yours are set aside (Main)");
    expect(twin.calls.filter((call) => call.startsWith("set_aside"))).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Make again" }));
    await screen.findByText("Made 2 changes again");
    expect(twin.calls).toContain("set_aside_make_again");
  });

  it("leaves it when asked", async () => {
    const twin = await openApp();
    await screen.findByRole("button", { name: "Project Whack-a-Mole" });
    act(() => twin.network.setBack("This machine was set back once more.", { ...setAside, changes: 1 }));
    await screen.findByText("1 change of yours is set aside (Main)");
    await user.click(screen.getByRole("button", { name: "Leave" }));
    await waitFor(() => expect(twin.calls).toContain("set_aside_leave"));
    expect(twin.calls).not.toContain("set_aside_make_again");
  });
});

describe("the main window", () => {
  it("has the tabs that were open when the project is opened again", async () => {
    await openApp();
    await user.click(await screen.findByRole("button", { name: /Blueprint Score/ }));
    await screen.findByRole("tab", { name: /Score/ });
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByPlaceholderText(/Find commands/), "close project");
    await user.click(await screen.findByRole("option", { name: "Close project" }));
    await user.click(await screen.findByRole("button", { name: "Open the sample" }));
    await screen.findByRole("tab", { name: /Score/ });
    screen.getByRole("tab", { name: /Game loop/ });
  });

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
    const before = twin.history.events.length;
    await user.keyboard("{Delete}");
    await waitFor(() => expect(twin.document("scene").collections.entities?.bone1).toBeUndefined());
    expect(twin.history.events.length).toBe(before + 1);
  });

  it("adds entities beside what is selected, not one below the other", async () => {
    const twin = await openApp();
    await user.click(await screen.findByRole("treeitem", { name: "Mole 1" }));
    for (const name of ["A", "B", "C"]) {
      await user.click(screen.getByRole("button", { name: "Add an entity" }));
      await screen.findByRole("textbox", { name: "Rename Entity" });
      await user.keyboard(`${name}{Enter}`);
      await screen.findByRole("treeitem", { name });
    }
    const entities = Object.values(twin.document("scene").collections.entities ?? {});
    const added = entities.filter(({ name }) => ["A", "B", "C"].includes(String(name)));
    expect(added.map(({ parent }) => parent)).toEqual(["board", "board", "board"]);
  });

  it("deselects by a press on the hierarchy's empty area, and unparents what is dropped there", async () => {
    const twin = await openApp();
    const row = await screen.findByRole("treeitem", { name: "Mole 1" });
    await user.click(row);
    expect(row.getAttribute("aria-selected")).toBe("true");
    const tree = screen.getByRole("tree", { name: "Hierarchy" });
    fireEvent.mouseDown(tree);
    await waitFor(() => expect(row.getAttribute("aria-selected")).toBe("false"));

    const carried = new Map<string, string>();
    const dataTransfer = {
      get types() {
        return [...carried.keys()];
      },
      setData: (type: string, data: string) => void carried.set(type, data),
      getData: (type: string) => carried.get(type) ?? "",
      setDragImage: vi.fn<(image: Element) => void>(),
    };
    fireEvent.dragStart(row, { dataTransfer });
    expect(dataTransfer.setDragImage.mock.calls[0]?.[0].textContent).toBe("Mole 1");
    fireEvent.dragOver(tree, { dataTransfer });
    fireEvent.drop(tree, { dataTransfer });
    await waitFor(() =>
      expect(twin.document("scene").collections.entities?.mole1?.parent ?? null).toBeNull(),
    );
  });

  it("names in the status bar only what is there", async () => {
    await openApp();
    await screen.findByRole("treeitem", { name: "Sun" });
    const status = screen.getByRole("contentinfo");
    act(() => select("scene", [{ collection: "entities", id: "sun" }]));
    await within(status).findByText("Entity Sun");
    act(() => select("scene", [{ collection: "entities", id: "gone" }]));
    await waitFor(() => expect(within(status).queryByText(/Entity/)).toBeNull());
  });

  it("shows an input where nothing is set as unset, and a 0 as a 0", async () => {
    const twin = await openApp();
    act(() => select("loop", [{ collection: "nodes", id: "equal" }]));
    const input: HTMLInputElement = await screen.findByRole("spinbutton", { name: "b" });
    expect([input.value, input.placeholder]).toEqual(["", "unset"]);
    expect(input.getAttribute("aria-valuetext")).toBe("not set");
    act(() => input.focus());
    await user.keyboard("0{Enter}");
    await waitFor(() =>
      expect(twin.document("loop").collections.nodes?.equal?.["values.b"]).toMatchObject({ value: [0] }),
    );
    expect([input.value, input.placeholder]).toEqual(["0", ""]);
  });

  it("has a new document's name typed where documents are listed", async () => {
    const twin = await openApp();
    await user.click(await screen.findByRole("button", { name: "New document" }));
    await user.click(await screen.findByRole("menuitem", { name: "New blueprint" }));
    await screen.findByRole("textbox", { name: "Rename New blueprint" });
    await user.keyboard("Enemies{Enter}");
    await waitFor(() => expect(twin.calls).toContain("document_rename"));
    // Who has named it goes on in it.
    await waitFor(() => expect(document.activeElement?.getAttribute("role")).toBe("application"));
  });

  it("walks the hierarchy by keyboard", async () => {
    await openApp();
    await user.click(await screen.findByRole("treeitem", { name: "Board" }));
    await user.keyboard("{ArrowDown}{ArrowLeft}");
    expect((await screen.findByRole("treeitem", { name: "Mole 1" })).getAttribute("aria-expanded")).toBe(
      "false",
    );
    // One letter: how several belong together is a matter of time.
    await user.keyboard("c");
    await waitFor(() =>
      expect(screen.getByRole("treeitem", { selected: true }).getAttribute("aria-label")).toBe("Camera"),
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
    expect(twin.history.events.at(-1)?.eventType).toBe("entity.transform");

    twin.failNext = { code: "storage", message: "The disk is full. Free some space.", detail: "" };
    await user.keyboard("9{Enter}");
    expect((await screen.findAllByText(/The disk is full/)).length).toBeGreaterThan(0);
    expect((x as HTMLInputElement).value).toBe("0.25");
  });

  it("keeps the keyboard in a field that is committed, where undo is of the edit", async () => {
    const twin = await openApp();
    await user.click(await screen.findByRole("treeitem", { name: "Mole 1" }));
    const name: HTMLInputElement = await screen.findByRole("textbox", { name: "Name" });
    act(() => name.focus());
    await user.clear(name);
    await user.type(name, "Mole king{Enter}");
    await waitFor(() => expect(twin.document("scene").collections.entities?.mole1?.name).toBe("Mole king"));
    expect(document.activeElement).toBe(name);
    await user.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(twin.document("scene").collections.entities?.mole1?.name).toBe("Mole 1"));
    // While letters are typed they are what is taken back.
    await user.type(name, "x");
    const before = twin.calls.filter((call) => call === "document_undo").length;
    await user.keyboard("{Control>}z{/Control}");
    expect(twin.calls.filter((call) => call === "document_undo")).toHaveLength(before);
    await user.keyboard("{Escape}");
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Inspector");
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
