/** All problems of the session, refreshed after edits. */
import { createStore, useStore } from "zustand";

import { problems as fetchProblems } from "../ipc/documents";
import type { Problem } from "../ipc/types";
import { onEvents } from "./session";

const store = createStore<{ list: readonly Problem[] }>(() => ({ list: [] }));

export const useProblems = () => useStore(store, (state) => state.list);

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
        if (!stopped) store.setState({ list });
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
    store.setState({ list: [] });
  };
}
