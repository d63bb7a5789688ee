import { expect, it } from "vitest";

import { approached, sameView, showing } from "./along";
import { MAX_ZOOM, visibleArea } from "./viewport";

const size = { width: 800, height: 600 };

it("shows what somebody with a window of the same size sees exactly as they do", () => {
  const theirs = { x: -120, y: 40, zoom: 1.6 };
  const view = showing(visibleArea(theirs, size), size);
  expect(view.zoom).toBeCloseTo(1.6);
  expect(view.x).toBeCloseTo(-120);
  expect(view.y).toBeCloseTo(40);
});

it("shows all that a larger window sees, in the middle", () => {
  const seen = { x: 100, y: 100, width: 1600, height: 600 };
  const view = showing(seen, size);
  expect(view.zoom).toBe(0.5);
  const mine = visibleArea(view, size);
  expect(mine).toEqual({ x: 100, y: -200, width: 1600, height: 1200 });
});

it("does not magnify beyond what the canvas can", () => {
  expect(showing({ x: 0, y: 0, width: 1, height: 1 }, size).zoom).toBe(MAX_ZOOM);
});

it("approaches without overshooting and arrives", () => {
  const to = { x: 400, y: -300, zoom: 0.5 };
  let view = { x: 0, y: 0, zoom: 1 };
  let steps = 0;
  while (!sameView(view, to)) {
    const next = approached(view, to, 16);
    expect(next.x).toBeGreaterThan(view.x);
    expect(next.x).toBeLessThanOrEqual(to.x);
    view = next;
    steps += 1;
    expect(steps).toBeLessThan(60);
  }
  expect(steps).toBeGreaterThan(5);
});
