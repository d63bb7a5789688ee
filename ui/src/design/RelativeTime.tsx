import { useSyncExternalStore } from "react";

import { relativeTime } from "./time";

/** How often the words may change. */
const EVERY = 30_000;

/** How long ago something was, which goes on while one looks at it. */
export function RelativeTime({ time }: { time: number }) {
  return useSyncExternalStore(subscribe, () => relativeTime(time));
}

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** All of them share one clock. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => listeners.forEach((tell) => tell()), EVERY);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
