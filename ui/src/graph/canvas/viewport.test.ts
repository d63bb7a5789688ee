import { expect, it } from "vitest";

import { fitted, mountedArea, revealed, toCanvas, toScreen, zoomedAt } from "./viewport";

const size = { width: 800, height: 600 };

it("zooms around the pointer", () => {
  const pointer = { x: 200, y: 100 };
  const before = { x: 10, y: 20, zoom: 1 };
  const after = zoomedAt(before, pointer, 2);
  expect(toCanvas(after, pointer)).toEqual(toCanvas(before, pointer));
});

it("fits a rectangle into the middle, never magnified", () => {
  const view = fitted({ x: 100, y: 100, width: 100, height: 100 }, size);
  expect(view.zoom).toBe(1);
  expect(toScreen(view, { x: 150, y: 150 })).toEqual({ x: 400, y: 300 });
});

it("moves no more than it must to show a rectangle", () => {
  const here = { x: 0, y: 0, zoom: 1 };
  expect(revealed(here, { x: 100, y: 100, width: 50, height: 50 }, size)).toEqual(here);
  expect(revealed(here, { x: 790, y: 100, width: 50, height: 50 }, size)).toEqual({ x: -72, y: 0, zoom: 1 });
});

it("keeps the mounted area until the view leaves it", () => {
  const area = mountedArea(undefined, { x: 0, y: 0, width: 100, height: 100 });
  expect(mountedArea(area, { x: 40, y: 0, width: 100, height: 100 })).toBe(area);
  expect(mountedArea(area, { x: 80, y: 0, width: 100, height: 100 })).not.toBe(area);
  expect(mountedArea(area, { x: 0, y: 0, width: 20, height: 20 })).not.toBe(area);
});
