import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { beforeEach, describe, expect, it } from "vitest";

import { useDialogs } from "../../workspace/dialogs";
import { Twin } from "../../ipc/testing/twin";
import { start } from "../../project/project";
import { closeProjectHere } from "../../testing/reset";
import { ConnectionPanel } from "./ConnectionPanel";
import { latency } from "./ServerSection";

const user = userEvent.setup();

async function openPanel(connection: "local" | "online" | "offline" | "refused"): Promise<Twin> {
  const twin = new Twin({ past: 0, connection }).install();
  await start();
  render(<ConnectionPanel />);
  return twin;
}

function OpenDialog() {
  return <output aria-label="Open dialog">{useDialogs().open}</output>;
}

beforeEach(closeProjectHere);

describe("the Connection panel", () => {
  it("leads to sharing while the project is on this disk only", async () => {
    await openPanel("local");
    render(<OpenDialog />);
    await user.click(screen.getByRole("button", { name: "Share…" }));
    expect(screen.getByLabelText("Open dialog").textContent).toBe("share");
  });

  it("shows the server, what it stores and how far away it is", async () => {
    await openPanel("online");
    const server = await screen.findByRole("region", { name: "Server" });
    await within(server).findByText("studio-1");
    expect(within(server).getByText("2.14.0")).toBeTruthy();
    expect(within(server).getByText("1.8 ms")).toBeTruthy();
    expect(within(server).getByRole("row", { name: /WISSIL_IGNIS .* 9.1 MB/ })).toBeTruthy();
    const { violations } = await axe.run(document.body, {
      rules: {
        "color-contrast": { enabled: false },
        region: { enabled: false },
        "heading-order": { enabled: false },
      },
    });
    expect(violations.map(({ id }) => id)).toEqual([]);
  });

  it("is calm about a server that does not answer, and says what to do about one that refuses", async () => {
    const twin = await openPanel("offline");
    expect(await screen.findByText("Offline · 12 waiting")).toBeTruthy();
    expect(screen.queryByRole("alert")).toBeNull();
    act(() => twin.network.pretend("refused"));
    expect(await screen.findByText(/refuses the password. Ask whoever runs it/)).toBeTruthy();
  });

  it("lists what is not the same here and on the server, and how far files are", async () => {
    const twin = await openPanel("online");
    await screen.findByText("Online");
    const left = ["3 edits to send", "2 files to fetch"];
    act(() => twin.network.become({ state: "syncing", left, files: { done: "1", total: "4" } }));
    expect(await screen.findByText("Syncing 1 of 4 files")).toBeTruthy();
    const list = screen.getByRole("list", { name: "Not the same here and on the server" });
    expect(
      within(list)
        .getAllByRole("listitem")
        .map(({ textContent }) => textContent),
    ).toEqual(left);
    expect(screen.getByRole("progressbar", { name: "Syncing" }).getAttribute("aria-valuenow")).toBe("25");
    act(() => twin.network.become({ state: "online", left: ["1 file"], settled: true, files: null }));
    expect(await screen.findByText("Online · incomplete")).toBeTruthy();
  });

  it("shows the log of the server that runs here", async () => {
    const twin = await openPanel("online");
    void twin.network.answers.hostingStart({ reach: "network" });
    const hosting = await screen.findByRole("region", { name: "Hosting" });
    expect(within(hosting).getByText(/Server is ready/)).toBeTruthy();
    expect(within(hosting).getByText(/everyone on this network/)).toBeTruthy();
  });

  it("lists the last fifty live messages, newest first", async () => {
    const twin = await openPanel("online");
    await waitFor(() => expect(twin.live.patterns).toHaveLength(6));
    act(() => {
      for (let at = 1; at <= 60; at += 1) twin.live.message("build", "progress", { percent: at });
    });
    const list = await screen.findByRole("list", { name: "Live messages" });
    const lines = within(list).getAllByRole("listitem");
    expect(lines).toHaveLength(50);
    expect(lines[0]?.textContent).toContain('{"percent":60}');
    expect(lines[0]?.textContent).toContain("Guest 2");
  });

  it("filters live messages by what they are about and by text", async () => {
    const twin = await openPanel("online");
    await waitFor(() => expect(twin.live.patterns).toHaveLength(6));
    act(() => {
      twin.live.message("file", "created", { file: "1", path: "assets/door.png" });
      twin.live.message("file", "created", { file: "2", path: "assets/roof.png" });
      // Cursors come often, and push out none of the others.
      for (let x = 1; x <= 60; x += 1) twin.live.message("editor", "cursor", { document: "d", x, y: 0 });
    });
    const lines = () => within(screen.getByRole("list", { name: "Live messages" })).getAllByRole("listitem");
    await waitFor(() => expect(lines()).toHaveLength(52));
    await user.type(screen.getByRole("searchbox", { name: "Filter messages" }), "DOOR");
    expect(lines().map((line) => line.textContent)).toEqual([expect.stringContaining("door.png")]);
    await user.clear(screen.getByRole("searchbox", { name: "Filter messages" }));
    await user.click(screen.getByRole("combobox", { name: "Messages about" }));
    await user.click(await screen.findByRole("option", { name: "Files" }));
    expect(lines()).toHaveLength(2);
    await user.type(screen.getByRole("searchbox", { name: "Filter messages" }), "tower");
    expect(await screen.findByText("None of the 52 last messages fits.")).toBeTruthy();
  });

  it.each([
    [null, "—"],
    [1.84, `${(1.8).toLocaleString()} ms`],
    [24.3, "24 ms"],
  ])("%s is %s away", (milliseconds, words) => expect(latency(milliseconds)).toBe(words));
});
