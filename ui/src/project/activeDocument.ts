/** Which document keys and panels act on: the one a person last worked in. */
import { createStore, useStore } from "zustand";

import { selection } from "../documents/selection";
import { MANIFEST, documentInfo, sessionStore } from "./session";

/** A document that was worked in. It may be gone since, and its kind is known still. */
export interface Worked {
  readonly id: string;
  readonly kind: string;
}

export interface ActiveState {
  /** The one that was worked in last; the project's own is one, too. */
  readonly document: string | null;
  /** The document whose tab was last in front. */
  readonly tab: string | null;
  /** All that were worked in, the latest first; without the project's own. */
  readonly recent: readonly Worked[];
}

export const NOTHING_ACTIVE: ActiveState = { document: null, tab: null, recent: [] };

export const active = createStore<ActiveState>(() => NOTHING_ACTIVE);

export function activateDocument(document: string): void {
  if (active.getState().document === document) return;
  const kind = documentInfo(document)?.kind;
  active.setState(({ recent }) => ({
    document,
    recent:
      kind === undefined || document === MANIFEST
        ? recent
        : [{ id: document, kind }, ...recent.filter(({ id }) => id !== document)],
  }));
}

/** The same for one that is edited in a tab, which is in front now. */
export function activateTab(document: string): void {
  activateDocument(document);
  if (active.getState().tab !== document) active.setState({ tab: document });
}

/** A tab that is in front without anybody going to it, as when a project is opened: nothing is worked in there yet. */
export function tabInFront(document: string): void {
  const kind = documentInfo(document)?.kind;
  active.setState(({ recent, ...state }) => ({
    ...state,
    tab: document,
    recent:
      kind === undefined || recent.some(({ id }) => id === document)
        ? recent
        : [...recent, { id: document, kind }],
  }));
}

export function deactivateDocument(document: string): void {
  active.setState(({ document: current, tab, recent }) => ({
    document: current === document ? null : current,
    tab: tab === document ? null : tab,
    recent: recent.filter(({ id }) => id !== document),
  }));
}

// What was worked in belongs to the project that was left.
sessionStore.subscribe(({ status }) => {
  if (status.documents.length === 0) active.setState(NOTHING_ACTIVE);
});

// Selecting in a document is working in it.
selection.subscribe((now, before) => {
  if (now.document !== null && now !== before && now.refs.length > 0) activateDocument(now.document);
});

/** The document that is in view: working in the project as such is no document that one sees. */
export function shownDocument({ document, tab, recent }: ActiveState): string | null {
  return document === MANIFEST ? (tab ?? recent[0]?.id ?? null) : document;
}

export const useShownDocument = () => useStore(active, shownDocument);

/** Whether a document is there to be worked in. */
export function isThere(document: string): boolean {
  return document === MANIFEST || documentInfo(document) !== undefined;
}
