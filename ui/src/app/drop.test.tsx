import { act, createEvent, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { App } from "./App";
import { Twin } from "../ipc/testing/twin";
import { closeProjectHere } from "../testing/reset";
import { PIECE } from "../panels/assets/upload";

vi.mock("../editors/blueprint/BlueprintEditor", () => ({
  BlueprintEditor: () => <div role="application" aria-label="Blueprint" />,
}));

const user = userEvent.setup();

/** A folder or a file as the system hands it over. */
type Entry = File | { name: string; inside: readonly Entry[] };

function entryOf(entry: Entry): unknown {
  if (entry instanceof File) {
    return { name: entry.name, isDirectory: false, file: (done: (file: File) => void) => done(entry) };
  }
  const parts = [entry.inside.map(entryOf), []];
  return {
    name: entry.name,
    isDirectory: true,
    createReader: () => ({ readEntries: (done: (part: unknown[]) => void) => done(parts.shift() ?? []) }),
  };
}

function carrying(...entries: Entry[]) {
  return {
    types: ["Files"],
    dropEffect: "none",
    items: entries.map((entry) => ({
      kind: "file",
      getAsFile: () => (entry instanceof File ? entry : null),
      webkitGetAsEntry: () => entryOf(entry),
    })),
  };
}

async function openWindow(options: ConstructorParameters<typeof Twin>[0] = {}) {
  const twin = new Twin({ past: 2, entities: 4, ...options }).install();
  render(<App />);
  await screen.findAllByRole("button", { hidden: true });
  return twin;
}

function drop(target: Element, dataTransfer: object): Event {
  const event = createEvent.drop(target, { dataTransfer });
  fireEvent(target, event);
  return event;
}

/** What the window says would happen there. */
function effectOver(target: Element, dataTransfer: object): string | undefined {
  const event = createEvent.dragOver(target, { dataTransfer });
  fireEvent(target, event);
  return (event as DragEvent).dataTransfer?.dropEffect;
}

const paths = (twin: Twin) => twin.assets.list.map(({ path }) => path);

beforeEach(closeProjectHere);

describe("dropping files on the window", () => {
  it("says where they go, takes files and folders, and offers the way back", async () => {
    const twin = await openWindow();
    const graph = await screen.findByRole("application", { name: "Blueprint" });
    const transfer = carrying(new File(["picture"], "fur.png"), {
      name: "level",
      inside: [new File(["{}"], "map.json"), new File(["x"], ".DS_Store")],
    });
    fireEvent.dragEnter(graph, { dataTransfer: transfer });
    expect(effectOver(graph, transfer)).toBe("copy");
    screen.getByText("Add to the project’s assets");
    drop(graph, transfer);
    expect(screen.queryByText("Add to the project’s assets")).toBeNull();
    const toast = (await screen.findByText("2 files added to the project’s assets")).closest("li");
    expect(paths(twin)).toEqual(expect.arrayContaining(["fur.png", "level/map.json"]));
    expect(paths(twin)).not.toContain("level/.DS_Store");
    await user.click(within(toast ?? document.body).getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(twin.calls).toContain("gesture_undo"));
  });

  it("sends a large file piece by piece", async () => {
    const twin = await openWindow();
    const graph = await screen.findByRole("application", { name: "Blueprint" });
    drop(graph, carrying(new File([new Uint8Array(2 * PIECE + 5)], "walls.bin")));
    await screen.findByText("walls.bin added to the project’s assets");
    expect(twin.calls.filter((call) => call === "upload_piece")).toHaveLength(3);
    expect(twin.assets.list.find(({ path }) => path === "walls.bin")?.size).toBe(2 * PIECE + 5);
  });

  it("shows what takes long, and ends it when asked", async () => {
    const twin = await openWindow();
    twin.assets.pieceTakes = 60;
    const graph = await screen.findByRole("application", { name: "Blueprint" });
    const before = paths(twin);
    drop(graph, carrying(new File([new Uint8Array(40 * PIECE)], "walls.bin")));
    await screen.findByText(/^Adding walls.bin to/);
    await user.click(screen.getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(twin.calls).toContain("upload_cancel"));
    expect(twin.assets.uploads.size).toBe(0);
    expect(paths(twin)).toEqual(before);
  });

  it("says why a name is refused, and adds nothing", async () => {
    const twin = await openWindow();
    const graph = await screen.findByRole("application", { name: "Blueprint" });
    const before = paths(twin);
    drop(graph, carrying(new File(["x"], "fine.png"), new File(["x"], "..")));
    await screen.findByText('".." is not a path.');
    await waitFor(() => expect(twin.calls).toContain("upload_cancel"));
    expect(paths(twin)).toEqual(before);
  });

  it("takes files whose places the shell tells, and says where they go", async () => {
    const twin = await openWindow();
    const graph = await screen.findByRole("application", { name: "Blueprint" });
    document.elementFromPoint = () => graph;
    const paths = ["fur.png", "level", "walls.bin"].map((name) => `/home/ada/${name}`);
    await act(() => twin.assets.drag("enter", paths));
    await screen.findByText("Add to the project’s assets");
    await act(() => twin.assets.drag("leave"));
    expect(screen.queryByText("Add to the project’s assets")).toBeNull();
    await act(() => twin.assets.drag("drop", paths));
    await screen.findByText("3 files added to the project’s assets");
    expect(twin.assets.readFromDisk).toEqual(paths);
  });

  it("shows how far reading from the disk is, and ends it when asked", async () => {
    const twin = await openWindow();
    twin.assets.pieceTakes = 200;
    const graph = await screen.findByRole("application", { name: "Blueprint" });
    document.elementFromPoint = () => graph;
    const before = paths(twin);
    await act(() => twin.assets.drag("drop", ["/home/ada/rocks.bin"]));
    const words = await screen.findByText(/^Adding rocks.bin to the project’s assets… [1-9]0 %$/);
    const toast = words.closest("li") ?? document.body;
    await user.click(within(toast).getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(twin.assets.uploads.size).toBe(0));
    await waitFor(() => expect(screen.queryByText(/^Adding rocks.bin/)).toBeNull());
    expect(paths(twin)).toEqual(before);
    expect(twin.calls).not.toContain("upload_finish");
  });

  it("puts files into the folder whose row they are dropped on, whoever hands them over", async () => {
    const twin = await openWindow();
    await user.click(await screen.findByRole("tab", { name: "Assets" }));
    const music = await screen.findByRole("treeitem", { name: "music" });
    const transfer = carrying(new File(["song"], "rain.ogg"));
    expect(effectOver(music, transfer)).toBe("copy");
    screen.getByText("Add to sounds/music");
    drop(music, transfer);
    await screen.findByText("rain.ogg added to sounds/music");
    expect(paths(twin)).toContain("sounds/music/rain.ogg");

    // A file's row stands for no folder.
    const notes = await screen.findByRole("treeitem", { name: /^notes.md/ });
    effectOver(notes, transfer);
    screen.getByText("Add to the project’s assets");

    document.elementFromPoint = () => music;
    await act(() => twin.assets.drag("drop", ["/home/ada/wind.ogg"]));
    await screen.findByText("wind.ogg added to sounds/music");
    expect(paths(twin)).toContain("sounds/music/wind.ogg");
  });

  it("unfolds the folder that files came into", async () => {
    await openWindow();
    await user.click(await screen.findByRole("tab", { name: "Assets" }));
    const sounds = await screen.findByRole("treeitem", { name: "sounds" });
    fireEvent.mouseDown(sounds.querySelector(".ui-tree-twist")!);
    await waitFor(() => expect(screen.queryByRole("treeitem", { name: "music" })).toBeNull());
    drop(sounds, carrying(new File(["song"], "rain.ogg")));
    const added = await screen.findByRole("treeitem", { name: /^rain.ogg/ });
    expect(added.getAttribute("aria-selected")).toBe("true");
  });

  it("takes nothing without a project, and never shows the file instead", async () => {
    const twin = await openWindow({ open: false });
    const button = await screen.findByRole("button", { name: "New project…" });
    const transfer = carrying(new File(["x"], "fur.png"));
    expect(effectOver(button, transfer)).toBe("none");
    const event = drop(button, transfer);
    expect(event.defaultPrevented).toBe(true);
    await act(() => Promise.resolve());
    expect(twin.calls).not.toContain("upload_begin");
  });
});
