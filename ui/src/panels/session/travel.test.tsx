import { act, render, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";

import { Twin } from "../../ipc/testing/twin";
import { start } from "../../project/project";
import { closeProjectHere } from "../../testing/reset";
import { SessionPanel } from "./SessionPanel";

beforeEach(closeProjectHere);

const states = () =>
  within(screen.getByRole("list", { name: "Events" }))
    .getAllByRole("listitem")
    .map((line) => /saved here|on the server|seen by others/.exec(line.textContent ?? "")?.[0]);

it("shows how far each event has come, as it goes", async () => {
  const twin = new Twin({ past: 3 }).install();
  await start();
  render(<SessionPanel />);
  await waitFor(() => expect(states()).toEqual(["saved here", "saved here", "saved here"]));
  const [oldest, , newest] = twin.history.events.map(({ cid }) => cid);
  act(() => {
    twin.history.travel(oldest!, "seen");
    twin.history.travel(newest!, "onServer");
    twin.history.travel("bafy-of-another-page", "seen");
  });
  expect(states()).toEqual(["on the server", "saved here", "seen by others"]);
});

it("does not take back that others saw it when the server says later that it has it", async () => {
  const twin = new Twin({ past: 1 }).install();
  await start();
  render(<SessionPanel />);
  await waitFor(() => expect(states()).toEqual(["saved here"]));
  const { cid } = twin.history.events[0]!;
  act(() => twin.history.travel(cid, "seen"));
  act(() => twin.history.travel(cid, "onServer"));
  expect(states()).toEqual(["seen by others"]);
});

it("says that the history is being read until it is", async () => {
  new Twin({ past: 3 }).install();
  await start();
  render(<SessionPanel />);
  expect(screen.getByRole("status").textContent).toBe("Reading the history…");
  await waitFor(() => expect(states()).toHaveLength(3));
  expect(screen.queryByRole("status")).toBeNull();
});

it("puts what comes late where it belongs", async () => {
  const twin = new Twin({ past: 3 }).install();
  await start();
  render(<SessionPanel />);
  await waitFor(() => expect(states()).toHaveLength(3));
  const [oldest] = twin.history.events;
  const late = { ...oldest!, cid: "bafy-late", position: "2.0.row", words: "came late" };
  act(() => twin.history.arrive(late));
  const lines = within(screen.getByRole("list", { name: "Events" })).getAllByRole("listitem");
  expect(lines.map((line) => line.textContent?.includes("came late"))).toEqual([false, false, true, false]);
});

it("does not fall behind by a page that was on its way", async () => {
  const twin = new Twin({ past: 1 }).install();
  await start();
  render(<SessionPanel />);
  const page = twin.history.events[0]!;
  act(() => twin.history.travel(page.cid, "onServer"));
  // The page was read before the event travelled.
  twin.history.events = [page];
  await waitFor(() => expect(states()).toEqual(["on the server"]));
});
