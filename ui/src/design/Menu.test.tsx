import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";

import { ContextMenu } from "./Menu";

const user = userEvent.setup();

function setUp() {
  const run = vi.fn();
  render(
    <ContextMenu
      entries={[
        { label: "Open", disabled: true, run: () => undefined },
        { label: "Rename", run: () => run("Rename") },
        { label: "Delete", run: () => run("Delete") },
      ]}
    >
      <button type="button">Game loop</button>
    </ContextMenu>,
  );
  const button = screen.getByRole("button", { name: "Game loop" });
  act(() => button.focus());
  return { button, run };
}

it.each(["{ContextMenu}", "{Shift>}{F10}{/Shift}"])(
  "marks the first item that can be chosen when %s opens it",
  async (key) => {
    const { run } = setUp();
    await user.keyboard(key);
    const first = await screen.findByRole("menuitem", { name: "Rename" });
    await waitFor(() => expect(document.activeElement).toBe(first));
    await user.keyboard("{ArrowDown}{Enter}");
    expect(run).toHaveBeenCalledWith("Delete");
  },
);

it("marks none when the pointer opens it", async () => {
  const { button } = setUp();
  await user.pointer({ target: button, keys: "[MouseRight]" });
  const menu = await screen.findByRole("menu");
  await waitFor(() => expect(document.activeElement).toBe(menu));
});

it("opens below the row that a tree is on", async () => {
  render(
    <ContextMenu entries={[{ label: "Rename", run: () => undefined }]}>
      <div role="tree" tabIndex={0} aria-activedescendant="row-2">
        <div id="row-2" role="treeitem">
          Lamp
        </div>
      </div>
    </ContextMenu>,
  );
  act(() => screen.getByRole("tree").focus());
  const opened = vi.fn();
  screen.getByRole("treeitem").addEventListener("contextmenu", opened);
  await user.keyboard("{ContextMenu}");
  await screen.findByRole("menuitem", { name: "Rename" });
  expect(opened).toHaveBeenCalledOnce();
});
