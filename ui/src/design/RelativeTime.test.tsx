import { act, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";

import { RelativeTime } from "./RelativeTime";

afterEach(() => vi.useRealTimers());

it("goes on while it is shown, and rests afterwards", () => {
  vi.useFakeTimers();
  const { unmount } = render(<RelativeTime time={Date.now()} />);
  expect(screen.getByText("now")).toBeTruthy();
  act(() => vi.advanceTimersByTime(2 * 60_000));
  expect(screen.getByText("2 min")).toBeTruthy();
  unmount();
  expect(vi.getTimerCount()).toBe(0);
});
