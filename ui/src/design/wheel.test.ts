import { expect, it } from "vitest";

import { readWheel } from "./wheel";

it("tells a wheel from a trackpad", () => {
  const turn = { deltaX: 0, deltaY: 0, deltaMode: 0, ctrlKey: false, metaKey: false, shiftKey: false };
  expect(readWheel({ ...turn, deltaY: 120 }).kind).toBe("zoom");
  expect(readWheel({ ...turn, deltaY: 3, deltaMode: 1 }).kind).toBe("zoom");
  expect(readWheel({ ...turn, deltaY: 4.5 })).toEqual({ kind: "pan", by: { x: -0, y: -4.5 } });
  expect(readWheel({ ...turn, deltaX: 60, deltaY: 60 }).kind).toBe("pan");
  expect(readWheel({ ...turn, deltaY: 5, ctrlKey: true }).kind).toBe("zoom");
});
