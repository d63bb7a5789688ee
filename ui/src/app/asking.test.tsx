import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { GUEST } from "../ipc/testing/history";
import { Twin } from "../ipc/testing/twin";
import { NOBODY, peers } from "../presence/peers";
import { closeProjectHere } from "../testing/reset";
import { showDialog } from "../workspace/dialogs";
import { App } from "./App";

vi.mock("../editors/blueprint/BlueprintEditor", () => ({
  BlueprintEditor: () => <div role="application" aria-label="Blueprint" />,
}));

const user = userEvent.setup();

async function openApp(): Promise<Twin> {
  const twin = new Twin().install();
  render(<App />);
  await screen.findByRole("treeitem", { name: "Mole 1" });
  return twin;
}

beforeEach(closeProjectHere);

describe("a locked entity", () => {
  async function lockMole(): Promise<Twin> {
    const twin = await openApp();
    await user.click(screen.getByRole("treeitem", { name: "Mole 1" }));
    await user.click(screen.getByRole("button", { name: "Mole 1 is locked" }));
    await waitFor(() => expect(twin.document("scene").collections.entities?.mole1?.locked).toBe(true));
    return twin;
  }

  it("is neither deleted nor renamed, which is said, with the way to unlock it", async () => {
    const twin = await lockMole();
    screen.getByRole("tree", { name: "Hierarchy" }).focus();
    await user.keyboard("{Delete}");
    await screen.findByText("Mole 1 is locked");
    expect(twin.document("scene").collections.entities?.mole1).toBeDefined();
    await user.keyboard("{F2}");
    expect(screen.queryByRole("textbox", { name: "Rename Mole 1" })).toBeNull();
    await user.click((await screen.findAllByRole("button", { name: "Unlock" }))[0] as HTMLElement);
    await waitFor(() => expect(twin.document("scene").collections.entities?.mole1?.locked).not.toBe(true));
  });

  it("shows its place in the Inspector and takes no other", async () => {
    await lockMole();
    const held = await screen.findByRole<HTMLFieldSetElement>("group", { name: "Position, locked" });
    expect(held.disabled).toBe(true);
    within(held).getByRole("spinbutton", { name: "Position y" });
    expect(screen.getByRole("switch", { name: "Visible" }).closest("fieldset")).toBeNull();
  });
});

describe("an export", () => {
  it("asks before it replaces a file", async () => {
    const twin = await openApp();
    twin.project.files.add("/tmp/there.glb");
    act(() => showDialog("export"));
    const dialog = await screen.findByRole("dialog", { name: "Export" });
    const file = within(dialog).getByLabelText("File");
    await user.clear(file);
    await user.type(file, "/tmp/there.glb");
    await user.click(within(dialog).getByRole("button", { name: "Export" }));
    const question = await screen.findByRole("dialog", { name: "Replace the file" });
    await user.click(within(question).getByRole("button", { name: "Cancel" }));
    await screen.findByText("Nothing was exported. Choose another file.");
    expect(twin.calls).not.toContain("project_export");
    await user.click(within(dialog).getByRole("button", { name: "Export" }));
    await user.click(await screen.findByRole("button", { name: "Replace" }));
    await waitFor(() => expect(twin.calls).toContain("project_export"));
  });
});

describe("a host", () => {
  it("is asked before others lose their meeting point with the window", async () => {
    const twin = await openApp();
    twin.network.connection = { ...twin.network.connection, state: "online", hosting: true };
    act(() => twin.history.tell({ type: "connection", connection: twin.network.connection }));
    const resident = { replica: "R", person: GUEST, document: null, following: null };
    act(() => peers.setState({ ...NOBODY, residents: [resident as never] }));
    await act(() => twin.closeWindow());
    const question = await screen.findByRole("dialog", { name: "Close the meeting point" });
    within(question).getByText(/Guest 2 is here/);
    await user.click(within(question).getByRole("button", { name: "Cancel" }));
    expect(twin.calls).toContain("stay_open");
    expect(twin.calls).not.toContain("quit");
    await act(() => twin.closeWindow());
    await user.click(await screen.findByRole("button", { name: "Close anyway" }));
    await waitFor(() => expect(twin.calls).toContain("quit"));
  });
});

describe("a colour", () => {
  it("that somebody has already is not taken from them", async () => {
    await openApp();
    act(() => showDialog("person"));
    const dialog = await screen.findByRole("dialog", { name: "You" });
    await user.click(within(dialog).getByRole("radio", { name: /the colour of Guest 2/ }));
    within(dialog).getByText(/Guest 2 has this colour/);
    expect(within(dialog).getByRole("button", { name: "Save" }).hasAttribute("disabled")).toBe(true);
  });
});
