import { describe, expect, it } from "vitest";

import { MARGIN, placedAt } from "./place";

const WANTED = { width: 320, height: 420 };

/** The box's edges in a room. */
function edges(room: { width: number; height: number }, placed: ReturnType<typeof placedAt>) {
  const { left, width, top, bottom, maxHeight } = placed;
  const upper = top ?? room.height - (bottom ?? 0) - maxHeight;
  return { left, right: left + width, top: upper, bottom: upper + maxHeight };
}

describe("a box at a point", () => {
  const room = { width: 880, height: 590 };
  it.each([
    [40, 40],
    [400, 120],
    [400, 300],
    [400, 560],
    [860, 20],
    [870, 580],
    [8, 300],
  ])("has %s, %s at a corner and stands in the room", (x, y) => {
    const { left, right, top, bottom } = edges(room, placedAt({ x, y }, room, WANTED));
    expect([left, right]).toContain(x);
    expect([top, bottom]).toContain(y);
    expect(Math.min(left, top)).toBeGreaterThanOrEqual(MARGIN);
    expect(right).toBeLessThanOrEqual(room.width - MARGIN);
    expect(bottom).toBeLessThanOrEqual(room.height - MARGIN);
  });

  it("is of use in a room that is too small for it", () => {
    const small = { width: 340, height: 260 };
    const { top, bottom } = edges(small, placedAt({ x: 170, y: 130 }, small, WANTED));
    expect(bottom - top).toBeGreaterThanOrEqual(200);
    expect(top).toBeGreaterThanOrEqual(MARGIN);
    expect(bottom).toBeLessThanOrEqual(small.height - MARGIN);
  });
});
