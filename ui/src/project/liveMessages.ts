/** Live messages of the session: any number of listeners share one subscription of the shell for each pattern. */
import { useEffect, useRef } from "react";
import { createStore, useStore } from "zustand";

import { subscribeMessages, unsubscribeMessages } from "../ipc/live";
import type { BusMessage } from "../ipc/types";

type Listener = (message: BusMessage) => void;

/** How many messages were passed over because too many came at once. */
const dropped = createStore<number>(() => 0);

export const useDropped = () => useStore(dropped);

/** A subscription of the shell; its number is known once the shell has answered. */
interface Subscription {
  number?: number;
  ended: boolean;
}

/** What the shell follows for everyone who listens to one pattern. */
class Following {
  readonly listeners = new Set<Listener>();
  private current: Subscription | undefined;

  constructor(private readonly pattern: string) {}

  start(): void {
    const mine: Subscription = { ended: false };
    this.current = mine;
    subscribeMessages(
      this.pattern,
      (message) => {
        if (this.current === mine) this.listeners.forEach((listener) => listener(message));
      },
      (count) => {
        if (this.current === mine) dropped.setState((before) => before + count);
      },
    ).then(
      (number) => {
        mine.number = number;
        if (mine.ended) end(number);
      },
      // A project that is closing has no messages; the next one is asked again.
      () => undefined,
    );
  }

  stop(): void {
    if (this.current) {
      this.current.ended = true;
      if (this.current.number !== undefined) end(this.current.number);
    }
    this.current = undefined;
  }

  /** The project was closed, and with it the shell's side: its number may mean another subscription soon. */
  forget(): void {
    this.current = undefined;
  }
}

const followings = new Map<string, Following>();

/** Calls back with every message whose subject fits the pattern (`slate.asset.>`), until the answer is called. */
export function followMessages(pattern: string, listener: Listener): () => void {
  let following = followings.get(pattern);
  if (!following) {
    followings.set(pattern, (following = new Following(pattern)));
    following.start();
  }
  const followed = following;
  followed.listeners.add(listener);
  return () => {
    if (!followed.listeners.delete(listener) || followed.listeners.size > 0) return;
    followings.delete(pattern);
    followed.stop();
  };
}

/** Another project is open: whoever still listens, listens to it. */
export function resumeMessages(): void {
  followings.forEach((following) => following.start());
}

export function forgetMessages(): void {
  dropped.setState(0);
  followings.forEach((following) => following.forget());
}

/** Follows a pattern while the component is there; always calls the latest callback. */
export function useMessages(pattern: string, callback: Listener): void {
  const latest = useRef(callback);
  useEffect(() => {
    latest.current = callback;
  });
  useEffect(() => followMessages(pattern, (message) => latest.current(message)), [pattern]);
}

export const useProjectEvents = (callback: Listener) => useMessages("slate.project.>", callback);
export const useFileEvents = (callback: Listener) => useMessages("slate.file.>", callback);
export const useAssetEvents = (callback: Listener) => useMessages("slate.asset.>", callback);
export const useRuntimeEvents = (callback: Listener) => useMessages("slate.runtime.>", callback);
export const useEditorEvents = (callback: Listener) => useMessages("slate.editor.>", callback);
export const useBuildEvents = (callback: Listener) => useMessages("slate.build.>", callback);

function end(subscription: number): void {
  // Nobody listens any more, so there is nobody to tell of a failure.
  unsubscribeMessages(subscription).catch(() => undefined);
}
