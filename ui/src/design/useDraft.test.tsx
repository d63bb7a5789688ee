import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";

import { NumberField } from "./NumberField";
import { TextField } from "./TextField";
import { commitDrafts } from "./useDraft";

const user = userEvent.setup();

it("commits what was typed when the field is taken away, once", async () => {
  const commit = vi.fn();
  const { rerender } = render(<NumberField key="a" label="Y" value={1} onCommit={commit} />);
  await user.type(screen.getByRole("spinbutton", { name: "Y" }), "{Control>}a{/Control}4.4");
  const other = vi.fn();
  rerender(<NumberField key="b" label="Y" value={2} onCommit={other} />);
  expect(commit.mock.calls).toEqual([[4.4]]);
  expect(other).not.toHaveBeenCalled();
});

it("throws away what Escape took back", async () => {
  const commit = vi.fn();
  const { unmount } = render(<TextField label="Name" value="Mole" onCommit={commit} />);
  await user.type(screen.getByRole("textbox", { name: "Name" }), " king{Escape}");
  unmount();
  expect(commit).not.toHaveBeenCalled();
});

it("commits for whoever takes the window away, and says whether there was anything", async () => {
  const commit = vi.fn();
  render(<TextField label="Name" value="Mole" onCommit={commit} />);
  expect(commitDrafts()).toBe(false);
  await user.type(screen.getByRole("textbox", { name: "Name" }), "!");
  expect(commitDrafts()).toBe(true);
  expect(commit.mock.calls).toEqual([["Mole!"]]);
});

it("ends a rename that is taken back after typing", async () => {
  const cancel = vi.fn();
  render(<TextField label="Rename Mole" value="Mole" autoFocus onCommit={vi.fn()} onCancel={cancel} />);
  await user.keyboard("king{Escape}");
  expect(cancel).toHaveBeenCalledOnce();
});
