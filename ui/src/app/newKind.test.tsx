import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { StickyNote } from "lucide-react";
import { beforeEach, expect, it } from "vitest";

import { edit, useCollection } from "../documents/document";
import { select } from "../documents/selection";
import { Twin } from "../ipc/testing/twin";
import { closeProjectHere } from "../testing/reset";
import { registerKinds } from "../workspace/kinds";
import type { Kind } from "../workspace/kinds";
import { App } from "./App";

/** An editor of one page: what somebody writes who adds a kind. */
function NotePage({ document }: { document: string }) {
  const lines = useCollection(document, "lines");
  return (
    <ul role="application" aria-label="Note" tabIndex={0}>
      {Object.entries(lines).map(([id, { name }]) => (
        <li key={id}>
          <button type="button" onClick={() => select(document, [{ collection: "lines", id }])}>
            {String(name)}
          </button>
        </li>
      ))}
    </ul>
  );
}

const Contents = ({ document }: { document: string }) => (
  <p>{Object.keys(useCollection(document, "lines")).length} lines</p>
);

const note: Kind = {
  kind: "note",
  title: "Note",
  icon: StickyNote,
  where: "Notes open here.",
  counted: "lines",
  Editor: NotePage,
  panels: { outline: Contents },
  inspector: {
    lines: {
      noun: "Line",
      event: "line.set",
      sections: [
        {
          title: "Line",
          fields: [{ field: "name", label: "Words", type: { kind: "text" }, event: "line.write" }],
        },
      ],
    },
  },
};

const user = userEvent.setup();

beforeEach(closeProjectHere);
beforeEach(() => registerKinds([note]));

it("a kind that registers itself is made, opened, edited, inspected and taken back like any other", async () => {
  const twin = new Twin({ past: 0 }).install();
  render(<App />);
  await user.click(await screen.findByRole("button", { name: "New document" }));
  await user.click(await screen.findByRole("menuitem", { name: "New note" }));
  await screen.findByRole("textbox", { name: "Rename New note" });
  await user.keyboard("Todo{Enter}");
  const page = await screen.findByRole("application", { name: "Note" });
  await waitFor(() => expect(document.activeElement).toBe(page));
  const made = twin.documents.all.find(({ kind }) => kind === "note")?.id ?? "";

  await act(() => edit(made, "line.add", [{ collection: "lines", id: "one", put: { name: "Milk" } }]));
  await user.click(await screen.findByRole("button", { name: "Milk" }));
  const words: HTMLInputElement = await screen.findByRole("textbox", { name: "Words" });
  expect(words.value).toBe("Milk");
  expect(screen.getByText("Line Milk")).toBeTruthy();
  await user.clear(words);
  await user.type(words, "Bread{Enter}");
  await screen.findByRole("button", { name: "Bread" });
  expect(twin.history.events.at(-1)?.eventType).toBe("line.write");

  await user.click(screen.getByText("Outline"));
  await screen.findByText("1 lines");
  act(() => page.focus());
  await user.keyboard("{Control>}z{/Control}");
  await screen.findByRole("button", { name: "Milk" });
});
