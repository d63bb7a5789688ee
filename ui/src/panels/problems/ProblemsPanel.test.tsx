import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { beforeEach, expect, it } from "vitest";

import type { Problem } from "../../ipc/types";
import { Twin } from "../../ipc/testing/twin";
import { isWrong, watchProblems } from "../../project/problems";
import { start } from "../../project/project";
import { closeProjectHere } from "../../testing/reset";
import { ProblemsPanel } from "./ProblemsPanel";

const user = userEvent.setup();

const note = (id: string, given: Partial<Problem>): Problem => ({
  document: "manifest",
  collection: null,
  id: null,
  field: null,
  severity: "info",
  message: id,
  note: id,
  ...given,
});

beforeEach(closeProjectHere);

it("lists what an import left to know until somebody dismisses it", async () => {
  const notes = [
    note("trailing", { message: "14 bytes after the container's end were left out" }),
    note("flow", { severity: "warning", document: "loop", message: "/flows/out: has no `node`" }),
    note("more", { message: "/buffers/1: its `name` was left out" }),
  ];
  const twin = new Twin({ past: 0 });
  twin.documents.problems.push(...notes);
  const records = Object.fromEntries(notes.map(({ message }, at) => [notes[at]?.note ?? "", { message }]));
  twin.documents.all = twin.documents.all.map((document) =>
    document.id === "manifest" ? { ...document, collections: { notes: records } } : document,
  );
  twin.install();
  await start();
  const stop = watchProblems();
  render(<ProblemsPanel />);

  const kept = await screen.findByRole("region", { name: "From the import" });
  expect(within(kept).getAllByRole("listitem")).toHaveLength(3);
  // About the file as a whole, so there is nowhere to go.
  expect(within(kept).queryByRole("button", { name: /14 bytes/ })).toBeNull();
  expect(within(kept).getByRole("button", { name: /has no `node`/ })).toBeTruthy();
  expect(twin.documents.problems.filter(isWrong)).toHaveLength(2);
  const { violations } = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  expect(violations.map(({ id }) => id)).toEqual([]);

  const first = within(kept)
    .getByText(/14 bytes/)
    .closest("li");
  await user.click(within(first as HTMLElement).getByRole("button", { name: "Dismiss" }));
  await waitFor(() => expect(within(kept).getAllByRole("listitem")).toHaveLength(2));
  await user.click(within(kept).getByRole("button", { name: "Dismiss all" }));
  await waitFor(() => expect(screen.queryByRole("region", { name: "From the import" })).toBeNull());
  expect(screen.getByRole("list", { name: "Problems" })).toBeTruthy();
  expect(twin.history.events.filter(({ eventType }) => eventType === "note.dismiss")).toHaveLength(2);
  stop();
});
