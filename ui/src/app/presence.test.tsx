import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { beforeEach, expect, it } from "vitest";

import { activeCommands, commandTitle, runCommand, startShortcuts } from "../workspace/commands";
import { TooltipProvider } from "../design";
import { edit } from "../documents/document";
import { select } from "../documents/selection";
import { Twin } from "../ipc/testing/twin";
import { HierarchyPanel } from "../panels/hierarchy/HierarchyPanel";
import { startPresence } from "../presence/live";
import { start, whileOpen } from "../project/project";
import { closeProjectHere } from "../testing/reset";
import { Avatars } from "./Avatars";
import "./kinds";
import { FollowFrame } from "./FollowFrame";
import { pointInDocument } from "../presence/own";

const user = userEvent.setup();
const ANN = { id: "ann", name: "Ann Smith", color: "#56c8ff" };
const BOB = { id: "bob", name: "Bob", color: "#101010" };

async function openProject(before?: (twin: Twin) => void, more?: ReactNode): Promise<Twin> {
  const twin = new Twin().install();
  before?.(twin);
  render(
    <TooltipProvider>
      <Avatars />
      <FollowFrame />
      {more}
    </TooltipProvider>,
  );
  await act(start);
  await screen.findByRole("group", { name: "People" });
  return twin;
}

const follower = (name: RegExp) => screen.findByRole("button", { name });

beforeEach(closeProjectHere);
beforeEach(() => whileOpen(startPresence));
beforeEach(startShortcuts);

it("shows this person first and then the others, with where they are", async () => {
  await openProject(({ presence }) => {
    presence.join("r1", ANN, { document: "loop" });
    presence.join("r2", BOB);
  });
  await follower(/^Follow Ann Smith, in Game loop/);
  const people = within(screen.getByRole("group", { name: "People" })).getAllByRole("button");
  expect(people.map((button) => button.getAttribute("aria-label"))).toEqual([
    "You are Ada Lovelace. Change name and colour",
    "Follow Ann Smith, in Game loop",
    "Follow Bob, in no document",
  ]);
});

it("shows people who chose the same colour, this person among them, in different ones", async () => {
  await openProject((twin) => {
    const { color } = twin.app.user;
    twin.presence.join("r1", { ...ANN, color });
    twin.presence.join("r2", { ...BOB, color });
  });
  await follower(/^Follow Bob/);
  const people = within(screen.getByRole("group", { name: "People" })).getAllByRole("button");
  const colors = people.map((button) => button.style.getPropertyValue("--person"));
  expect(colors.every(Boolean)).toBe(true);
  expect(new Set(colors).size).toBe(3);
});

it("puts people that do not fit into a menu", async () => {
  await openProject(({ presence }) => {
    for (let at = 1; at <= 9; at += 1)
      presence.join(`r${at}`, { ...BOB, id: `p${at}`, name: `Person ${at}` });
  });
  await user.click(await screen.findByRole("button", { name: "5 more people" }));
  await user.click(await screen.findByRole("menuitemcheckbox", { name: /^Person 9/ }));
  await screen.findByText("Following Person 9");
});

it("says who comes and goes", async () => {
  const { presence } = await openProject();
  const log = screen.getByRole("log", { name: "People" });
  act(() => presence.join("r1", ANN));
  await within(log).findByText("Ann Smith joined.");
  act(() => presence.leave("r1"));
  await within(log).findByText("Ann Smith left.");
  await waitFor(() => expect(screen.queryByRole("button", { name: /^Follow/ })).toBeNull());
});

it("marks rows that others have selected", async () => {
  const { presence } = await openProject(undefined, <HierarchyPanel />);
  await screen.findByRole("treeitem", { name: "Mole 1" });
  const selection = [{ collection: "entities", id: "mole1" }];
  act(() => presence.join("r1", ANN, { document: "scene", selection }));
  await screen.findByRole("treeitem", { name: "Mole 1, selected by Ann Smith" });
  act(() => presence.move("r1", { selection: [] }));
  await screen.findByRole("treeitem", { name: "Mole 1" });
});

it("follows by keyboard until Escape", async () => {
  const { presence } = await openProject((twin) => twin.presence.join("r1", ANN, { document: "score" }));
  const button = await follower(/^Follow Ann/);
  act(() => button.focus());
  await user.keyboard("{Enter}");
  await screen.findByText("Following Ann Smith");
  expect(button.getAttribute("aria-pressed")).toBe("true");
  await waitFor(() => expect(presence.shown.at(-1)?.following).toBe("r1"));
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByText("Following Ann Smith")).toBeNull());
});

it("offers to follow in the palette", async () => {
  await openProject(({ presence }) => presence.join("r1", ANN, { document: "loop" }));
  await follower(/^Follow Ann/);
  const offered = () => activeCommands().map(commandTitle);
  expect(offered()).toContain("Follow Ann Smith");
  act(() => void runCommand("presence.follow.r1"));
  await screen.findByText("Following Ann Smith");
  expect(offered()).toContain("Stop following Ann Smith");
  expect(offered()).not.toContain("Follow Ann Smith");
});

it("ends following with an edit of one's own", async () => {
  await openProject(({ presence }) => presence.join("r1", ANN, { document: "scene" }));
  await user.click(await follower(/^Follow Ann/));
  await screen.findByText("Following Ann Smith");
  await act(() => edit("scene", "entity.delete", [{ collection: "entities", id: "sun", remove: true }]));
  await waitFor(() => expect(screen.queryByText("Following Ann Smith")).toBeNull());
});

it("shows the others the document, the selection and the cursor", async () => {
  const { presence } = await openProject(({ presence: others }) => others.join("r1", ANN));
  await follower(/^Follow Ann/);
  act(() => select("loop", [{ collection: "nodes", id: "branch" }]));
  act(() => pointInDocument("loop", { x: 3, y: 4 }));
  await waitFor(() =>
    expect(presence.shown.at(-1)).toMatchObject({
      document: "loop",
      cursor: { x: 3, y: 4 },
      selection: [{ collection: "nodes", id: "branch" }],
    }),
  );
});
