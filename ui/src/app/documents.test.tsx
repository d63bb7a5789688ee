import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { selection } from "../documents/selection";
import { renameDocument } from "../ipc/documents";
import { GUEST } from "../ipc/testing/history";
import { Twin } from "../ipc/testing/twin";
import { closeProjectHere } from "../testing/reset";
import { App } from "./App";

vi.mock("../editors/blueprint/BlueprintEditor", () => ({
  BlueprintEditor: ({ document }: { document: string }) => (
    <div role="application" aria-label={`Blueprint ${document}`} tabIndex={0} />
  ),
}));

const user = userEvent.setup();

async function openApp(): Promise<Twin> {
  const twin = new Twin().install();
  render(<App />);
  await screen.findByRole("application", { name: "Blueprint loop" });
  return twin;
}

/** The centre lists the documents, too, while none is open. */
const list = () => within(document.querySelector<HTMLElement>(".document-list") ?? document.body);
const names = () =>
  list()
    .getAllByRole("listitem")
    .map((item) => /^\D+?(?=\d|$)/.exec(item.textContent ?? "")?.[0]);
const row = (name: string) => list().findByRole("button", { name: new RegExp(name) });

async function deleteLoop() {
  act(() =>
    list()
      .getByRole("button", { name: /Game loop/ })
      .focus(),
  );
  await user.keyboard("{Delete}");
  await user.click(await screen.findByRole("button", { name: "Delete" }));
  await waitFor(() => expect(list().queryByRole("button", { name: /Game loop/ })).toBeNull());
}

beforeEach(closeProjectHere);

describe("what is done to documents", () => {
  it("is undone by key where it was done: a deleted one is back, with its tab", async () => {
    await openApp();
    await deleteLoop();
    expect(screen.queryByRole("application", { name: "Blueprint loop" })).toBeNull();
    await user.keyboard("{Control>}z{/Control}");
    await row("Game loop");
    await screen.findByRole("application", { name: "Blueprint loop" });
  });

  it("is undone by its toast, whatever was done since", async () => {
    const twin = await openApp();
    await deleteLoop();
    await act(() => renameDocument("score", "Points"));
    await row("Points");
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    await row("Game loop");
    expect(names()).toContain("Points");
    expect(twin.calls).toContain("gesture_undo");
  });

  it("is undone from the palette, wherever one works", async () => {
    await openApp();
    await deleteLoop();
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByPlaceholderText(/Find commands/), "in the project");
    await user.click(await screen.findByRole("option", { name: "Undo in the project: delete Game loop" }));
    await row("Game loop");
  });

  it("is also their order, by key", async () => {
    const twin = await openApp();
    const before = names();
    act(() =>
      list()
        .getByRole("button", { name: /Game loop/ })
        .focus(),
    );
    const at = before.findIndex((name) => name === "Game loop");
    await user.keyboard(at === 0 ? "{Alt>}{ArrowDown}{/Alt}" : "{Alt>}{ArrowUp}{/Alt}");
    await waitFor(() => expect(names()).not.toEqual(before));
    expect(names().toSorted()).toEqual(before.toSorted());
    await user.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(names()).toEqual(before));
    expect(twin.calls).toContain("document_move");
  });
});

describe("a document that somebody else deletes", () => {
  const byGuest = (twin: Twin, id: string) =>
    act(() =>
      twin.documents.editAsGuest("manifest", "document.delete", [
        { collection: "documents", id, remove: true },
      ]),
    );

  it("says in its tab who did it, and is brought back from there", async () => {
    const twin = await openApp();
    byGuest(twin, "loop");
    await screen.findByText(`${GUEST.name} deleted Game loop`);
    expect(screen.queryByRole("application")).toBeNull();
    await user.click(screen.getByRole("button", { name: "Bring it back" }));
    await screen.findByRole("application", { name: "Blueprint loop" });
    await row("Game loop");
  });

  it("says so in the hierarchy when it was the scene", async () => {
    const twin = await openApp();
    await user.click(await screen.findByRole("treeitem", { name: "Board" }));
    byGuest(twin, "scene");
    await screen.findByText(new RegExp(`${GUEST.name} deleted`));
    expect(screen.queryByRole("tree", { name: "Hierarchy" })).toBeNull();
    expect(selection.getState().refs).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Bring it back" }));
    await screen.findByRole("treeitem", { name: "Board" });
  });

  it("is named with who has it open before one deletes it", async () => {
    const twin = await openApp();
    act(() => twin.presence.join("UAGUEST", GUEST, { document: "loop" }));
    act(() =>
      list()
        .getByRole("button", { name: /Game loop/ })
        .focus(),
    );
    await user.keyboard("{Delete}");
    await screen.findByText(`${GUEST.name} has it open now.`);
  });
});

describe("a project whose folder is gone", () => {
  it("is said not to be saved at once, and goes on elsewhere", async () => {
    const twin = await openApp();
    expect(screen.getByText("all saved")).toBeTruthy();
    act(() => twin.displace(null));
    await screen.findByText("Not saved");
    expect(screen.queryByText("all saved")).toBeNull();
    // Leaving it would lose it.
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByPlaceholderText(/Find commands/), "close project");
    await user.click(await screen.findByRole("option", { name: "Close project" }));
    await screen.findByText(/Save it elsewhere before you leave it/);
    expect(twin.calls).not.toContain("project_close");
    await user.click(screen.getByRole("button", { name: "Save elsewhere…" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.click(dialog.getByRole("button", { name: "Save" }));
    await screen.findByText("all saved");
    expect(twin.calls).toContain("project_save_elsewhere");
  });

  it("is opened where it was moved to", async () => {
    const twin = await openApp();
    act(() => twin.displace("/home/ada/Elsewhere"));
    await screen.findByText(/was moved to \/home\/ada\/Elsewhere/);
    await user.click(screen.getByRole("button", { name: "Open it there" }));
    await screen.findByText("all saved");
    expect(twin.calls).toContain("project_open");
  });
});

describe("a project that was asked for and does not open", () => {
  it("is explained on the start screen, where it can be tried again", async () => {
    const twin = new Twin().install();
    twin.failNext = { code: "locked", message: "Another process is editing it.", detail: "" };
    render(<App />);
    await screen.findByText("Another process is editing it.");
    expect(screen.getByRole("button", { name: "New project…" })).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await screen.findByRole("application", { name: "Blueprint loop" });
  });
});

describe("what fails to open", () => {
  it("leaves what is open as it is", async () => {
    const twin = await openApp();
    const opened = () => twin.calls.filter((call) => call === "session_subscribe" || call === "project_open");
    const before = opened();
    await user.keyboard("{Control>}o{/Control}");
    const dialog = within(await screen.findByRole("dialog"));
    await user.type(dialog.getByLabelText("Project folder"), "/nowhere");
    twin.failNext = { code: "notFound", message: "/nowhere holds no project.", detail: "" };
    await user.click(dialog.getByRole("button", { name: "Open" }));
    await dialog.findByText("/nowhere holds no project.");
    expect(opened()).toEqual([...before, "project_open"]);
    expect(screen.getByRole("application", { name: "Blueprint loop", hidden: true })).toBeTruthy();
  });
});
