/** What editors tell the status bar. */
import { createStore, useStore } from "zustand";

export interface EditorStatus {
  /** 1 is 100 %. */
  zoom?: number | undefined;
  /** Frames per second of a live viewport. */
  fps?: number | undefined;
}

const status = createStore<EditorStatus>(() => ({}));

/** Publishes the focused editor's state; fields that are left out keep their values. */
export function setStatus(changed: EditorStatus): void {
  status.setState(changed);
}

export const useEditorStatus = () => useStore(status);
