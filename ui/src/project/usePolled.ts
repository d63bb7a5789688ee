import { useEffect, useState } from "react";

import { ApiFailure } from "../ipc/failure";

export interface Polled<T> {
  /** The last good answer. */
  value: T | undefined;
  /** Why the last question failed; undefined when it did not. */
  failure: ApiFailure | undefined;
}

/**
 * Asks again and again while the component is there and the window is seen: at once, at once when `key` changes, and
 * `every` milliseconds after each answer. `ask` must be the same function at each render.
 */
export function usePolled<T>(ask: () => Promise<T>, every: number, key?: string): Polled<T> {
  const [answer, setAnswer] = useState<Polled<T>>({ value: undefined, failure: undefined });
  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const settle = (next: (before: Polled<T>) => Polled<T>) => {
      if (stopped) return;
      setAnswer(next);
      timer = setTimeout(round, every);
    };
    const round = () => {
      if (document.visibilityState === "hidden") {
        timer = setTimeout(round, every);
        return;
      }
      ask().then(
        (value) => settle(() => ({ value, failure: undefined })),
        (thrown: unknown) => settle(({ value }) => ({ value, failure: ApiFailure.from(thrown) })),
      );
    };
    round();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [ask, every, key]);
  return answer;
}
