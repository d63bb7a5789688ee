import { expect, it } from "vitest";

import { titleOfFrame } from "./paint";

it.each([0.3, 0.1])("keeps what frames are called off the nodes in them, at a zoom of %d", (zoom) => {
  // Nodes begin below the bar that a frame is dragged by.
  const { y, height } = titleOfFrame({ x: 0, y: 100, width: 400, height: 300 }, zoom);
  expect(y).toBeLessThanOrEqual(128);
  expect(height * zoom).toBeCloseTo(14);
});
