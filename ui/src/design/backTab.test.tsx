import { act, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { startBackTab } from "./backTab";

let stop: () => void;
beforeEach(() => {
  stop = startBackTab();
  render(
    <>
      <input aria-label="First" />
      <button type="button" disabled>
        Never
      </button>
      <input type="radio" name="one" aria-label="Left" defaultChecked />
      <input type="radio" name="one" aria-label="Right" />
      <span tabIndex={-1}>Skipped</span>
      <div role="application" aria-label="Canvas" tabIndex={0}>
        <button type="button">Inside</button>
      </div>
    </>,
  );
});
afterEach(() => stop());

/** The key as WebKitGTK has it. */
const press = () =>
  fireEvent.keyDown(document.activeElement ?? document.body, {
    key: "Unidentified",
    code: "Tab",
    shiftKey: true,
  });
const focused = () =>
  document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent;

it("goes back from control to control, and round", () => {
  act(() => screen.getByRole("button", { name: "Inside" }).focus());
  const seen = [1, 2, 3, 4].map(() => {
    press();
    return focused();
  });
  expect(seen).toEqual(["Canvas", "Left", "First", "Inside"]);
});

it("is named for whoever listens, and left to them if they take it", () => {
  const canvas = screen.getByRole("application");
  act(() => canvas.focus());
  const heard = vi.fn((event: KeyboardEvent) => event.preventDefault());
  canvas.addEventListener("keydown", heard);
  press();
  expect(heard.mock.calls.map(([event]) => [event.key, event.shiftKey])).toEqual([["Tab", true]]);
  expect(focused()).toBe("Canvas");
});
