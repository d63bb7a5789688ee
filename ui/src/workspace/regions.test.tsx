import { act, render, screen } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";

import { enterNextRegion, enterRegion, useRegion } from "./regions";

function Part({ name, children }: { name: string; children?: React.ReactNode }) {
  return (
    <section aria-label={name} {...useRegion(name)}>
      {children}
    </section>
  );
}

beforeEach(() => {
  render(
    <>
      <Part name="title">
        <button type="button">Project</button>
      </Part>
      <Part name="hierarchy">
        <input aria-label="Filter" />
        <div role="tree" aria-label="Entities" tabIndex={0} />
      </Part>
      <Part name="problems" />
    </>,
  );
});

const focused = () =>
  document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent;
const go = (step: 1 | -1) => act(() => enterNextRegion(step));

it("goes round the parts of the window, both ways", () => {
  const forth = [1, 2, 3, 4].map(() => {
    go(1);
    return focused();
  });
  expect(forth).toEqual(["Project", "Entities", "problems", "Project"]);
  go(-1);
  expect(focused()).toBe("problems");
});

it("returns to where the focus was in a part", () => {
  act(() => screen.getByRole("textbox", { name: "Filter" }).focus());
  go(1);
  expect(focused()).toBe("problems");
  act(() => enterRegion("hierarchy"));
  expect(focused()).toBe("Filter");
});

it("leaves the focus where it is in a part that is gone to already", () => {
  act(() => screen.getByRole("textbox", { name: "Filter" }).focus());
  act(() => enterRegion("hierarchy"));
  expect(focused()).toBe("Filter");
});
