/** What this window shows the others, composed of what editors, selection and following say of it. */
import { createStore } from "zustand";

import { selection } from "../documents/selection";
import type { Selection } from "../documents/selection";
import { MOST_SHOWN } from "../ipc/presence";
import type { Place, Presence, Shown } from "../ipc/types";
import { active, shownDocument } from "../project/activeDocument";

/** What an editor shows of its document: where the pointer is, and what else its like on other screens understands. */
export interface EditorShown {
  readonly cursor: Place | null;
  readonly shown: Shown;
}

/** The parts that own presence is composed of. */
export interface OwnParts {
  /** The document this person works in. */
  readonly document: string | null;
  readonly selection: Selection;
  /** By document: several editors may be open side by side. */
  readonly editors: ReadonlyMap<string, EditorShown>;
  readonly following: string | null;
}

const NOTHING: EditorShown = { cursor: null, shown: {} };

interface OwnState {
  editors: ReadonlyMap<string, EditorShown>;
  following: string | null;
}

/** The parts that no other store keeps. */
export const own = createStore<OwnState>(() => ({ editors: new Map(), following: null }));

/** Where an editor's pointer is in a document. */
export function pointInDocument(document: string, cursor: Place | null): void {
  changeEditor(document, (before) => ({ ...before, cursor }));
}

/** What an editor shows of a document, by name; what is left out stays as it was. */
export function showInDocument(document: string, parts: Shown): void {
  changeEditor(document, (before) => ({ ...before, shown: { ...before.shown, ...parts } }));
}

function changeEditor(document: string, change: (before: EditorShown) => EditorShown): void {
  own.setState(({ editors }) => ({
    editors: new Map(editors).set(document, change(editors.get(document) ?? NOTHING)),
  }));
}

/** The editor is gone, and all it showed. */
export function hideInDocument(document: string): void {
  own.setState(({ editors }) => {
    const left = new Map(editors);
    left.delete(document);
    return { editors: left };
  });
}

export function currentPresence(): Presence {
  return compose({
    document: shownDocument(active.getState()),
    selection: selection.getState(),
    ...own.getState(),
  });
}

/** Calls back whenever {@link currentPresence} may have changed. */
export function onOwnPresence(changed: () => void): () => void {
  const stops = [own.subscribe(changed), active.subscribe(changed), selection.subscribe(changed)];
  return () => stops.forEach((stop) => stop());
}

/** Pure: only what belongs to the document that is worked in is shown, and of much only the beginning. */
export function compose({ document, selection: selected, editors, following }: OwnParts): Presence {
  const { cursor, shown } = (document === null ? undefined : editors.get(document)) ?? NOTHING;
  return {
    document,
    cursor,
    selection: document !== null && selected.document === document ? selected.refs.slice(0, MOST_SHOWN) : [],
    shown,
    following,
  };
}
