import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import { ColorField } from "./color/ColorField";
import { FieldRow } from "./FieldRow";
import { NumberField } from "./NumberField";
import { TextField, nameProblem } from "./TextField";
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

it("keeps a paragraph that is left by Escape", async () => {
  const commit = vi.fn();
  render(<TextField multiline label="Text" value="" onCommit={commit} />);
  await user.type(screen.getByRole("textbox", { name: "Text" }), "Was it a hit?{Escape}");
  expect(commit.mock.calls).toEqual([["Was it a hit?"]]);
});

it("begins a line with Enter where there are several, and ends with Ctrl+Enter", async () => {
  const commit = vi.fn();
  render(<TextField multiline label="Text" value="one" onCommit={commit} />);
  await user.type(screen.getByRole("textbox", { name: "Text" }), "{Enter}two{Enter}three");
  expect(commit).not.toHaveBeenCalled();
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(commit.mock.calls).toEqual([["one\ntwo\nthree"]]);
});

it("empties a number that may be without a value", async () => {
  const [commit, clear] = [vi.fn(), vi.fn()];
  render(<NumberField label="Aspect" value={2} onCommit={commit} onClear={clear} />);
  await user.type(screen.getByRole("spinbutton", { name: "Aspect" }), "{Control>}a{/Control}{Delete}{Enter}");
  expect(clear).toHaveBeenCalledOnce();
  expect(commit).not.toHaveBeenCalled();
  expect(screen.queryByRole("alert")).toBeNull();
});

it("marks a number that has more digits than are shown", () => {
  render(<NumberField label="Turn" value={-18.33464912} onCommit={vi.fn()} />);
  const field = screen.getByRole<HTMLInputElement>("spinbutton", { name: "Turn" });
  expect([field.value, field.title, field.dataset["shortened"]]).toEqual(["-18.3346", "-18.33464912", ""]);
});

describe("what a field cannot take", () => {
  it.each([
    ["7", { min: 0, max: 1 }, "It goes from 0 to 1"],
    ["-1", { min: 0 }, "It is at least 0"],
    ["2.5", { integer: true }, "A whole number is needed"],
  ])("is said, not changed: %j in %j", async (typed, limits, reason) => {
    const commit = vi.fn();
    render(<NumberField label="Opacity" value={1} {...limits} onCommit={commit} />);
    const field = screen.getByRole<HTMLInputElement>("spinbutton", { name: "Opacity" });
    await user.type(field, `{Control>}a{/Control}${typed}`);
    await user.tab();
    expect(screen.getByRole("alert").textContent).toBe(reason);
    expect([field.value, field.getAttribute("aria-invalid")]).toEqual([typed, "true"]);
    expect(commit).not.toHaveBeenCalled();
  });

  it("has its reason in its row, and goes with Escape wherever the keyboard is", async () => {
    render(
      <FieldRow label="Scale">
        <NumberField label="Scale" value={1} onCommit={vi.fn()} />
      </FieldRow>,
    );
    const field = screen.getByRole<HTMLInputElement>("spinbutton", { name: "Scale" });
    await user.type(field, "{Control>}a{/Control}abc");
    await user.tab();
    expect(screen.getByRole("alert").parentElement).toBe(field.closest(".inspector-row"));
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("alert")).toBeNull();
    expect(field.value).toBe("1");
  });

  it.each([
    ["abc", "“abc” is no number"],
    ["1e999", "This is larger than any number"],
    [" ", "A number is needed"],
  ])("stays as it was typed, with the reason: %j", async (typed, reason) => {
    const commit = vi.fn();
    render(<NumberField label="Scale" value={1} onCommit={commit} />);
    const field = screen.getByRole<HTMLInputElement>("spinbutton", { name: "Scale" });
    await user.type(field, `{Control>}a{/Control}${typed}`);
    expect(screen.queryByRole("alert")).toBeNull();
    await user.tab();
    expect(screen.getByRole("alert").textContent).toBe(reason);
    expect(field.value).toBe(typed);
    expect(field.getAttribute("aria-invalid")).toBe("true");
    expect(commit).not.toHaveBeenCalled();
  });

  it("is taken once it is right, and goes with Escape", async () => {
    const commit = vi.fn();
    render(<NumberField label="Scale" value={1} onCommit={commit} />);
    const field = screen.getByRole<HTMLInputElement>("spinbutton", { name: "Scale" });
    await user.type(field, "{Control>}a{/Control}2x{Enter}");
    expect(screen.getByRole("alert")).toBeTruthy();
    await user.type(field, "{Control>}a{/Control}2");
    expect(screen.queryByRole("alert")).toBeNull();
    await user.keyboard("{Enter}");
    expect(commit.mock.calls).toEqual([[2]]);
    await user.type(field, "{Control>}a{/Control}x{Enter}{Escape}");
    expect(screen.queryByRole("alert")).toBeNull();
    expect(field.value).toBe("1");
  });

  it("says so of colours", async () => {
    render(<ColorField label="Colour" value="#ff8800" onCommit={vi.fn()} />);
    const field = screen.getByRole("textbox", { name: "Colour as text" });
    await user.type(field, "{Control>}a{/Control}banana{Enter}");
    expect(screen.getByRole("alert").textContent).toBe("“banana” is no colour; type one as #ff8800");
  });

  it("keeps a field open that renames, until there is a name", async () => {
    const [commit, cancel] = [vi.fn(), vi.fn()];
    render(
      <TextField
        autoFocus
        label="Rename Mole"
        value="Mole"
        problemOf={nameProblem}
        onCommit={commit}
        onCancel={cancel}
      />,
    );
    await user.keyboard(" {Enter}");
    expect(screen.getByRole("alert").textContent).toBe("A name is needed");
    await user.keyboard("King{Enter}");
    expect(commit.mock.calls).toEqual([["King"]]);
    await user.keyboard("{Escape}");
    expect(cancel).not.toHaveBeenCalled();
  });
});

it("scrubs a number by its label", () => {
  const commit = vi.fn();
  render(
    <FieldRow label="Opacity">
      <NumberField label="Opacity" value={0} onCommit={commit} />
    </FieldRow>,
  );
  const field = screen.getByRole("spinbutton", { name: "Opacity" });
  field.setPointerCapture = vi.fn();
  const drag = { pointerId: 1, button: 0, bubbles: true };
  fireEvent.pointerDown(screen.getByText("Opacity"), { ...drag, clientX: 0 });
  expect(field.setPointerCapture).toHaveBeenCalledWith(1);
  fireEvent.pointerMove(field, { ...drag, clientX: 20 });
  fireEvent.pointerUp(field, { ...drag, clientX: 20 });
  expect(commit).toHaveBeenCalledOnce();
  expect(commit.mock.calls[0]?.[0]).toBeGreaterThan(0);
});
