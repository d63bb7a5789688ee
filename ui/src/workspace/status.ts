/** What editors tell the status bar of what is in front. */
import { createStore, useStore } from "zustand";

export interface EditorStatus {
  /** 1 is 100 %. */
  zoom?: number | undefined;
  /** Frames per second of a live viewport. */
  fps?: number | undefined;
}

const NONE: EditorStatus = {};

const statuses = createStore<Readonly<Record<string, EditorStatus | undefined>>>(() => ({}));

/** Publishes how an editor stands with its document; undefined when it is gone. */
export function setStatus(document: string, status: EditorStatus | undefined): void {
  statuses.setState({ [document]: status });
}

/** How the editor of a document stands. */
export const useEditorStatus = (document: string | null): EditorStatus =>
  useStore(statuses, (state) => (document === null ? undefined : state[document]) ?? NONE);
