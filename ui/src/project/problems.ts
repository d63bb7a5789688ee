/** All problems of the session, refreshed after edits. */
import { createStore, useStore } from "zustand";

import { problems as fetchProblems } from "../ipc/documents";
import type { Problem } from "../ipc/types";
import { onEvents } from "./session";

interface Found {
  list: readonly Problem[];
  /** Whether nothing is known yet. */
  looking: boolean;
}

const UNKNOWN: Found = { list: [], looking: true };

const store = createStore<Found>(() => UNKNOWN);

/** The worst first, as the documents stand in each. */
export const useProblems = () => useStore(store, (state) => state.list);
/** Whether the documents are being read for the first time: that none is known says nothing then. */
export const useLooking = () => useStore(store, (state) => state.looking);

const BY_SEVERITY: readonly Problem["severity"][] = ["error", "warning", "info"];

function worstFirst(list: readonly Problem[]): Problem[] {
  return BY_SEVERITY.flatMap((severity) => list.filter((problem) => problem.severity === severity));
}

/** What is wrong, without what is only good to know. */
export const isWrong = ({ severity }: Problem) => severity !== "info";

/** Checking a large session takes a moment; a burst of edits needs one answer. */
const PAUSE = 250;

/** Keeps the list up to date until the returned function is called. */
export function watchProblems(): () => void {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const refresh = () => {
    fetchProblems().then(
      (list) => {
        if (!stopped) store.setState({ list: worstFirst(list), looking: false });
      },
      // The next edit asks again; a project that is closing has nothing to list.
      () => undefined,
    );
  };
  const refreshSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, PAUSE);
  };
  const forget = onEvents(refreshSoon);
  // At first, too: every document is read for it, and what one looks at comes before that.
  refreshSoon();
  return () => {
    stopped = true;
    clearTimeout(timer);
    forget();
    store.setState(UNKNOWN);
  };
}
