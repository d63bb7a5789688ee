import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { createSender } from "./sender";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function sending(send = vi.fn((_: number) => Promise.resolve())) {
  let value = 0;
  const sender = createSender({ read: () => value, send, interval: () => 100 });
  const set = (next: number) => {
    value = next;
    sender.changed();
  };
  return { sender, send, set, sent: () => send.mock.calls.map(([each]) => each) };
}

it("sends the first change at once and then the latest of each interval", async () => {
  const { set, sent } = sending();
  for (const value of [1, 2, 3]) set(value);
  expect(sent()).toEqual([1]);
  await vi.advanceTimersByTimeAsync(99);
  set(4);
  expect(sent()).toEqual([1]);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent()).toEqual([1, 4]);
});

it("sends at most thirty times a second, however often something changes", async () => {
  const send = vi.fn((_: number) => Promise.resolve());
  let value = 0;
  const sender = createSender({ read: () => value, send, interval: () => 1000 / 30 });
  for (let at = 0; at < 1000; at += 2) {
    value += 1;
    sender.changed();
    await vi.advanceTimersByTimeAsync(2);
  }
  expect(send.mock.calls.length).toBeGreaterThan(25);
  expect(send.mock.calls.length).toBeLessThanOrEqual(30);
});

it("sends nothing that is known already", async () => {
  const { set, sent } = sending();
  set(1);
  set(2);
  set(1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent()).toEqual([1]);
});

it("waits for a slow answer and then sends the latest", async () => {
  const answers: (() => void)[] = [];
  const { set, sent } = sending(vi.fn((_: number) => new Promise<void>((done) => answers.push(done))));
  set(1);
  await vi.advanceTimersByTimeAsync(500);
  set(2);
  set(3);
  await vi.advanceTimersByTimeAsync(500);
  expect(sent()).toEqual([1]);
  answers[0]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(sent()).toEqual([1, 3]);
});

it("tries again with the next change when nobody was told", async () => {
  const { set, sent } = sending(vi.fn((_: number) => Promise.reject(new Error("offline"))));
  set(1);
  await vi.advanceTimersByTimeAsync(200);
  set(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(sent()).toEqual([1, 1]);
});

it("sends nothing once stopped", async () => {
  const { sender, set, sent } = sending();
  set(1);
  set(2);
  sender.stop();
  set(3);
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent()).toEqual([1]);
});
