/** Whether what people did is on the disk: how many edits are on their way, and what the last failure was. */
import { createStore, useStore } from "zustand";

import type { ApiFailure } from "../ipc/failure";

export interface Saving {
  pending: number;
  failure: ApiFailure | null;
}

export const saving = createStore<Saving>(() => ({ pending: 0, failure: null }));

export const useSaving = () => useStore(saving);

/** Ends when no edit is on its way any more. */
export function allSaved(): Promise<void> {
  return new Promise((resolve) => {
    if (saving.getState().pending === 0) {
      resolve();
      return;
    }
    const forget = saving.subscribe(({ pending }) => {
      if (pending > 0) return;
      forget();
      resolve();
    });
  });
}

/** Runs once what a gesture that has just ended writes is written; a gesture commits after it has ended. */
export function onceSaved(run: () => void): void {
  queueMicrotask(() => void allSaved().then(run));
}

/** Counts an edit while it is being written. A failure stays shown until an edit succeeds. */
export async function whileSaving<T>(
  write: Promise<T>,
  asFailure: (thrown: unknown) => ApiFailure,
): Promise<T> {
  saving.setState(({ pending }) => ({ pending: pending + 1 }));
  try {
    const written = await write;
    saving.setState({ failure: null });
    return written;
  } catch (thrown) {
    const failure = asFailure(thrown);
    if (failure.code === "storage" || failure.code === "damaged" || failure.code === "internal") {
      saving.setState({ failure });
    }
    throw failure;
  } finally {
    saving.setState(({ pending }) => ({ pending: pending - 1 }));
  }
}
