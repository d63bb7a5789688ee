/** The document whose name is being typed: in whichever list of documents is on screen. */
import { createStore, useStore } from "zustand";

interface Renaming {
  document: string | null;
  /** Whether it was made a moment ago: who has named it goes on to work in it. */
  isNew: boolean;
}

const NONE: Renaming = { document: null, isNew: false };

const renaming = createStore<Renaming>(() => NONE);

export const useRenaming = () => useStore(renaming);

export function beginRename(document: string, { isNew = false } = {}): void {
  renaming.setState({ document, isNew });
}

export function endRename(): void {
  renaming.setState(NONE);
}
