import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Frames } from "./frames";

let asked: ((now: number) => void) | undefined;
let drawn: boolean[] = [];
let cost = 1;
let frames: Frames;

beforeEach(() => {
  vi.useFakeTimers();
  [asked, drawn, cost] = [undefined, [], 1];
  frames = new Frames({
    request: (draw) => ((asked = draw), 1),
    cancel: () => (asked = undefined),
    draw: (isCoarse) => (drawn.push(isCoarse), cost),
  });
});
afterEach(() => vi.useRealTimers());

function frame(now: number): void {
  const draw = asked;
  asked = undefined;
  draw?.(now);
}

it("draws once for whatever changed, and nothing while nothing does", () => {
  frames.invalidate();
  frames.invalidate();
  frame(0);
  expect([frames.count, asked]).toEqual([1, undefined]);
  vi.advanceTimersByTime(10_000);
  expect(asked).toBeUndefined();
});

it("draws while something moves, and tells how much time went by", () => {
  const told: number[] = [];
  frames.animate((seconds) => told.push(seconds) < 3);
  for (const now of [1_000, 1_016, 1_032, 1_048]) frame(now);
  expect(told.slice(1)).toEqual([0.016, 0.016]);
  expect(frames.count).toBe(3);
  const stop = frames.animate(() => true);
  frame(2_000);
  stop();
  frame(2_016);
  expect(asked).toBeUndefined();
});

it("draws coarsely while something moves slowly, and finely when it stands", () => {
  cost = 90;
  let left = 5;
  frames.animate(() => (left -= 1) > 0);
  for (let now = 0; now < 500; now += 100) frame(now);
  expect(drawn).toEqual([false, false, true, true, true]);
  vi.advanceTimersByTime(1_000);
  frame(1_500);
  expect(drawn.at(-1)).toBe(false);
  vi.advanceTimersByTime(1_000);
  expect(asked).toBeUndefined();
});

it("never draws again when it is over", () => {
  frames.animate(() => true);
  frames.dispose();
  expect(asked).toBeUndefined();
});
