import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { edit } from "../documents/document";
import { onReveal, selection } from "../documents/selection";
import { Twin } from "../ipc/testing/twin";
import { active } from "../project/activeDocument";
import { close } from "../project/project";
import { closeProjectHere } from "../testing/reset";
import { keepView, keptView } from "../workspace/place";
import { showUndoable } from "../workspace/notify";
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

async function reopen(): Promise<void> {
  await act(() => close());
  await user.click(await screen.findByRole("button", { name: "Open the sample" }));
  await screen.findByRole("treeitem", { name: "Hammer" });
}

beforeEach(closeProjectHere);

describe("a project that is opened again", () => {
  it("has what was selected, where one looked, and an undo", async () => {
    const twin = await openApp();
    await user.click(screen.getByRole("treeitem", { name: "Mole 1" }));
    await user.keyboard("{Delete}");
    await waitFor(() => expect(twin.document("scene").collections.entities?.mole1).toBeUndefined());
    await user.click(screen.getByRole("treeitem", { name: "Hammer" }));
    keepView("loop", { x: 1, y: 2, zoom: 0.5 });
    await reopen();
    expect(selection.getState()).toEqual({
      document: "scene",
      refs: [{ collection: "entities", id: "hammer" }],
    });
    expect(keptView("loop")).toEqual({ x: 1, y: 2, zoom: 0.5 });
    expect(active.getState().document).toBe("scene");
    await user.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(twin.document("scene").collections.entities?.mole1).toBeDefined());
  });
});

describe("undo", () => {
  it("has a document to act on after the tab of the last one was closed", async () => {
    await openApp();
    await waitFor(() => expect(active.getState().document).toBe("loop"));
    await user.keyboard("{Control>}w{/Control}");
    await waitFor(() => expect(active.getState().document).not.toBeNull());
  });

  it("shows what it did, without moving further than it must", async () => {
    await openApp();
    const seen = vi.fn();
    onReveal("scene", seen);
    await act(() =>
      edit("scene", "entity.set", [{ collection: "entities", id: "mole2", set: { name: "Mole king" } }]),
    );
    await user.click(screen.getByRole("treeitem", { name: "Hammer" }));
    await user.keyboard("{Control>}z{/Control}");
    const refs = [{ collection: "entities", id: "mole2" }];
    await waitFor(() => expect(seen).toHaveBeenCalledWith(refs, true));
    expect(selection.getState().refs).toEqual(refs);
  });

  it("is of what one did last, wherever one is now", async () => {
    const twin = await openApp();
    const label = () => twin.document("loop").collections.nodes?.set?.label;
    const before = label();
    await act(async () => {
      await edit("scene", "entity.set", [
        { collection: "entities", id: "mole2", set: { name: "Mole king" } },
      ]);
      await edit("loop", "node.set", [{ collection: "nodes", id: "set", set: { label: "Mine" } }]);
    });
    // Looking at something else is no reason to take back what was done there.
    await user.click(screen.getByRole("treeitem", { name: "Hammer" }));
    await waitFor(() => expect(screen.getByRole("button", { name: /^Undo set/ })).toBeTruthy());
    await user.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(label()).toBe(before));
    const name = () => twin.document("scene").collections.entities?.mole2?.name;
    expect(name()).toBe("Mole king");
    await user.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(name()).toBe("Mole 2"));
    await user.keyboard("{Control>}{Shift>}z{/Shift}{/Control}");
    await waitFor(() => expect(name()).toBe("Mole king"));
    expect(label()).toBe(before);
  });

  it("takes its offer away when it was done by other means, and no other", async () => {
    await openApp();
    const rename = (id: string, name: string) =>
      edit("scene", "entity.set", [{ collection: "entities", id, set: { name } }]);
    await act(async () => {
      for (const id of ["mole1", "mole2"]) {
        const { cids } = await rename(id, `${id}!`);
        showUndoable(`Renamed ${id}`, "scene", cids[0]);
      }
    });
    await screen.findByText("Renamed mole1");
    await user.click(await screen.findByRole("treeitem", { name: "Hammer" }));
    await user.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(screen.queryByText("Renamed mole2")).toBeNull());
    screen.getByText("Renamed mole1");
  });
});

describe("the words around", () => {
  it("do not say that all is on the disk when its folder is gone", async () => {
    const twin = await openApp();
    const status = screen.getByRole("contentinfo", { name: "Status" });
    await within(status).findByRole("button", { name: "On this disk" });
    act(() => twin.displace(null));
    await within(status).findByRole("button", { name: "Folder is gone" });
    expect(within(status).queryByText("On this disk")).toBeNull();
  });

  it("call undo what it is in the list of keys", async () => {
    await openApp();
    await act(() =>
      edit("scene", "entity.set", [{ collection: "entities", id: "mole2", set: { name: "Mole king" } }]),
    );
    await user.click(screen.getByRole("treeitem", { name: "Hammer" }));
    await user.keyboard("{F1}");
    const dialog = await screen.findByRole("dialog", { name: "Keyboard shortcuts" });
    within(dialog).getByText("Undo");
    expect(within(dialog).queryByText(/^Undo set/)).toBeNull();
  });
});
