import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { beforeEach, describe, expect, it } from "vitest";

import { Twin } from "../../ipc/testing/twin";
import { start } from "../../project/project";
import { closeProjectHere } from "../../testing/reset";
import { AssetsPanel } from "./AssetsPanel";
import { selectAssets } from "./assetSelection";

const user = userEvent.setup();

async function openPanel(prepare: (twin: Twin) => void = () => undefined): Promise<Twin> {
  const twin = new Twin({ past: 0 });
  prepare(twin);
  twin.install();
  await start();
  render(<AssetsPanel />);
  return twin;
}

async function accessibilityProblems(): Promise<string[]> {
  const { violations } = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  return violations.map(({ id }) => id);
}

beforeEach(() => {
  closeProjectHere();
  selectAssets([]);
});

describe("the Assets panel", () => {
  it("says what it is for while there are no files, and offers to import some", async () => {
    const twin = await openPanel(({ assets }) => (assets.list = []));
    expect(await screen.findByText("No files yet")).toBeTruthy();
    twin.assets.chosenFiles = ["/tmp/fur.png"];
    await user.click(screen.getByRole("button", { name: "Import…" }));
    await waitFor(() => expect(twin.assets.readFromDisk).toEqual(["/tmp/fur.png"]));
    expect(await screen.findByRole("treeitem", { name: /^fur.png/ })).toBeTruthy();
  });

  it("lists files in folders, finds them, and follows what happens to them", async () => {
    const twin = await openPanel();
    await screen.findByRole("treeitem", { name: "hammer.glb, 2.8 MB" });
    expect(await accessibilityProblems()).toEqual([]);
    await user.type(screen.getByRole("searchbox", { name: "Search files" }), "music/ga");
    expect(screen.getAllByRole("treeitem").map((row) => row.getAttribute("aria-label"))).toEqual([
      "sounds",
      "music",
      "garden.ogg, fetching 34 %",
    ]);
    const [first] = twin.assets.list.filter(({ path }) => path === "sounds/music/garden.ogg");
    twin.assets.show([{ ...first!, state: "here", done: null }]);
    await screen.findByRole("treeitem", { name: "garden.ogg, 3.2 MB" });
  });

  it("follows one file on its way, and has what is selected come first", async () => {
    const twin = await openPanel();
    await user.click(await screen.findByRole("treeitem", { name: "night.ogg, awaited" }));
    const [night] = twin.assets.list.filter(({ path }) => path === "sounds/music/night.ogg");
    await waitFor(() => expect(twin.assets.wanted).toEqual([night!.id]));
    twin.assets.travel(night!.object, "fetching", 2_050_105);
    await screen.findByRole("treeitem", { name: "night.ogg, fetching 50 %" });
    twin.assets.travel(night!.object, "here", null);
    await screen.findByRole("treeitem", { name: "night.ogg, 4.1 MB" });
    screen.getByRole("treeitem", { name: "garden.ogg, fetching 34 %" });
  });

  it("renames by key, in the same folder", async () => {
    const twin = await openPanel();
    await user.click(await screen.findByRole("treeitem", { name: /^fur.png/ }));
    await user.keyboard("{F2}");
    await screen.findByRole("textbox", { name: "Rename fur.png" });
    await user.keyboard("mole fur.png{Enter}");
    await screen.findByRole("treeitem", { name: /^mole fur.png/ });
    expect(twin.assets.list.some(({ path }) => path === "textures/mole fur.png")).toBe(true);
  });

  it("imports into the folder that is marked", async () => {
    const twin = await openPanel();
    twin.assets.chosenFiles = ["/tmp/wind.ogg"];
    const row = await screen.findByRole("treeitem", { name: "music" });
    await user.pointer({ target: row, keys: "[MouseRight]" });
    await user.click(await screen.findByRole("menuitem", { name: "Import into sounds/music…" }));
    await waitFor(() => expect(twin.assets.list.map(({ path }) => path)).toContain("sounds/music/wind.ogg"));
  });

  it("asks before it deletes a whole folder", async () => {
    const twin = await openPanel();
    await user.click(await screen.findByRole("treeitem", { name: "textures" }));
    await user.keyboard("{Delete}");
    const dialog = await screen.findByRole("dialog", { name: "Delete 3 files?" });
    await user.click(within(dialog).getByRole("button", { name: "Delete" }));
    await waitFor(() =>
      expect(twin.assets.list.filter(({ path }) => path.startsWith("textures/"))).toEqual([]),
    );
  });

  it("shows pictures instead, and remembers that", async () => {
    await openPanel();
    await user.click(await screen.findByRole("button", { name: "Show as pictures" }));
    const tile = screen.getByRole("button", { name: /^fur.png/ });
    await waitFor(() =>
      expect(tile.querySelector("img")?.src).toMatch(/^object:\/\/localhost\/bafkreismall/),
    );
    await user.click(tile);
    expect(tile.getAttribute("aria-pressed")).toBe("true");
    expect(await accessibilityProblems()).toEqual([]);
    expect(localStorage.getItem("wissil.assets.view")).toBe("grid");
  });
});
