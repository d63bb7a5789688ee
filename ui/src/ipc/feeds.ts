/**
 * What the shell tells without being asked. It says the next when this page has taken what came, once a frame; until then it
 * puts together what comes, each class its own way, so that a page that is slow or hidden holds nobody up.
 */
import { Channel } from "@tauri-apps/api/core";

import { commands } from "./bindings";
import type { Bounded, Latest, Ordered } from "./bindings";
import { nextFrame } from "./frame";

/** Every message counts, in order: records, history. Where too much waited, what it tells of is to be read anew. */
export function ordered<T>(take: (message: T) => void, onMissed: () => void): Channel<Ordered<T>> {
  return feed(({ messages, missed }) => {
    if (missed) onMissed();
    for (const message of messages) take(message);
  });
}

/** Of everything that is told of the newest counts: presence, progress. */
export function latest<T>(take: (message: T) => void): Channel<Latest<T>> {
  return feed((messages) => {
    for (const message of messages) take(message);
  });
}

/** Of very many the oldest are dropped, which is said: live messages. */
export function bounded<T>(
  take: (message: T) => void,
  onDropped: (count: number) => void,
): Channel<Bounded<T>> {
  return feed(({ messages, dropped }) => {
    if (dropped > 0) onDropped(dropped);
    for (const message of messages) take(message);
  });
}

function feed<Batch>(take: (batch: Batch) => void): Channel<Batch> {
  const created = new Channel<Batch>();
  created.onmessage = (batch) => {
    take(batch);
    askForMore(created.id);
  };
  return created;
}

/** The feeds whose batches were taken in this frame. */
let taken = new Set<number>();

function askForMore(feed: number): void {
  if (taken.size === 0) {
    nextFrame(() => {
      const numbers = [...taken];
      taken = new Set();
      // A shell that does not answer has ended.
      commands.feedsTaken(numbers).catch(() => undefined);
    });
  }
  taken.add(feed);
}
