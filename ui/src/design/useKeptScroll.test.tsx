import { fireEvent, render, screen } from "@testing-library/react";
import { useRef } from "react";
import { afterEach, expect, it, vi } from "vitest";

import { useKeptScroll } from "./useKeptScroll";

afterEach(() => vi.unstubAllGlobals());

function Panel() {
  const root = useRef<HTMLElement>(null);
  useKeptScroll(root);
  return (
    <section ref={root}>
      <div data-testid="list" />
      <div data-testid="still" />
    </section>
  );
}

it("scrolls its parts back to where they were when it returns to the page", () => {
  let resized: () => void = () => undefined;
  vi.stubGlobal(
    "ResizeObserver",
    class {
      constructor(callback: () => void) {
        resized = callback;
      }
      observe = () => undefined;
      disconnect = () => undefined;
    },
  );
  render(<Panel />);
  const [list, still] = [screen.getByTestId("list"), screen.getByTestId("still")];
  list.scrollTop = 2600;
  fireEvent.scroll(list);
  // What a page does, without an event.
  list.scrollTop = 0;
  resized();
  expect([list.scrollTop, still.scrollTop]).toEqual([2600, 0]);
});
