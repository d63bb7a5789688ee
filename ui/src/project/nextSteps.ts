/** What undo and redo would do next, wherever in the project this person did it. */
import { createStore, useStore } from "zustand";

import { nextSteps } from "../ipc/documents";
import type { NextSteps } from "../ipc/types";
import { onEvents, onSetBack } from "./session";

const NONE: NextSteps = { undo: null, redo: null };

export const steps = createStore<NextSteps>(() => NONE);
export const useNextSteps = (): NextSteps => useStore(steps);

/** Keeps it true while the project is open, until the returned function is called. */
export function followSteps(): () => void {
  let isAsking = false;
  let asksAgain = false;
  let isOver = false;
  const ask = async () => {
    asksAgain = true;
    if (isAsking) return;
    isAsking = true;
    while (asksAgain) {
      asksAgain = false;
      // Where it cannot be told, whoever undoes is told why.
      const next = await nextSteps().catch(() => NONE);
      if (!isOver) steps.setState(next);
    }
    isAsking = false;
  };
  const forget = [onEvents((rows) => rows.some(({ own }) => own) && void ask()), onSetBack(() => void ask())];
  void ask();
  return () => {
    isOver = true;
    forget.forEach((stop) => stop());
    steps.setState(NONE);
  };
}
