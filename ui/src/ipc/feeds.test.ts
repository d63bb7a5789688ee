import { beforeEach, expect, it, vi } from "vitest";

import { bounded, latest, ordered } from "./feeds";
import { Twin } from "./testing/twin";

let twin: Twin;
let frames: (() => void)[];
const asked = () => twin.calls.filter((call) => call === "feeds_taken").length;

beforeEach(() => {
  twin = new Twin().install();
  frames = [];
  vi.useFakeTimers();
  vi.stubGlobal("requestAnimationFrame", (frame: () => void) => frames.push(frame));
  vi.stubGlobal("cancelAnimationFrame", () => undefined);
  return () => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  };
});

it("takes at once what comes, and asks for more with the next frame, for all feeds together", () => {
  const seen: unknown[] = [];
  const [deltas, people] = [
    ordered<string>((delta) => seen.push(delta), vi.fn()),
    latest<string>((peer) => seen.push(peer)),
  ];
  deltas.onmessage({ messages: ["one", "two"], missed: false });
  people.onmessage(["Ada"]);
  expect(seen).toEqual(["one", "two", "Ada"]);
  expect(asked()).toBe(0);
  frames.shift()?.();
  expect(asked()).toBe(1);
  expect(frames).toEqual([]);
  people.onmessage(["Bob"]);
  frames.shift()?.();
  expect(asked()).toBe(2);
});

it("asks though nobody sees the window, a moment later", () => {
  latest<string>(vi.fn()).onmessage(["Ada"]);
  vi.advanceTimersByTime(1000);
  expect(asked()).toBe(1);
});

it("says what was not kept", () => {
  const [missed, dropped, take] = [vi.fn(), vi.fn(), vi.fn()];
  const deltas = ordered<string>(take, missed);
  deltas.onmessage({ messages: ["all"], missed: false });
  expect(missed).not.toHaveBeenCalled();
  deltas.onmessage({ messages: [], missed: true });
  expect(missed).toHaveBeenCalledOnce();
  bounded<string>(take, dropped).onmessage({ messages: ["newest"], dropped: 3 });
  expect(dropped).toHaveBeenCalledWith(3);
  expect(take).toHaveBeenLastCalledWith("newest");
});
