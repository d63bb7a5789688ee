/** What people hear of who comes and goes; nothing that would cover anything. */
import { createStore, useStore } from "zustand";

export interface Announcement {
  readonly id: number;
  readonly text: string;
}

/** How many stay in the page: enough for a screen reader to have read them. */
const KEPT = 4;

const store = createStore<{ latest: readonly Announcement[] }>(() => ({ latest: [] }));

export function announce(text: string): void {
  store.setState(({ latest }) => ({
    latest: [...latest, { id: (latest.at(-1)?.id ?? 0) + 1, text }].slice(-KEPT),
  }));
}

export const useAnnouncements = () => useStore(store, (state) => state.latest);
