/** What this window shows the others, composed of what editors, selection and following say of it. */
import { createStore } from "zustand";

import { selection } from "../documents/selection";
import type { Selection } from "../documents/selection";
import { MOST_SHOWN } from "../ipc/presence";
import type { Ghost, Place, Presence, Seen } from "../ipc/types";
import { active, shownDocument } from "../project/activeDocument";

/** What an editor shows of its document. */
export interface Shown {
  readonly cursor: Place | null;
  readonly viewport: Seen | null;
  readonly ghosts: readonly Ghost[];
  readonly playhead: number | null;
}

/** The parts that own presence is composed of. */
export interface OwnParts {
  /** The document this person works in. */
  readonly document: string | null;
  readonly selection: Selection;
  /** By document: several editors may be open side by side. */
  readonly editors: ReadonlyMap<string, Shown>;
  readonly following: string | null;
}

export const NOTHING_SHOWN: Shown = { cursor: null, viewport: null, ghosts: [], playhead: null };

interface OwnState {
  editors: ReadonlyMap<string, Shown>;
  following: string | null;
}

/** The parts that no other store keeps. */
export const own = createStore<OwnState>(() => ({ editors: new Map(), following: null }));

/** An editor's part; what is left out stays as it was. */
export function showInDocument(document: string, part: Partial<Shown>): void {
  own.setState(({ editors }) => ({
    editors: new Map(editors).set(document, { ...(editors.get(document) ?? NOTHING_SHOWN), ...part }),
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
  const shown = (document === null ? undefined : editors.get(document)) ?? NOTHING_SHOWN;
  return {
    document,
    cursor: shown.cursor,
    selection: document !== null && selected.document === document ? selected.refs.slice(0, MOST_SHOWN) : [],
    viewport: shown.viewport,
    ghosts: shown.ghosts.slice(0, MOST_SHOWN),
    playhead: shown.playhead,
    following,
  };
}
