/** What is selected: records of one document at a time, the same for every panel. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

export interface RecordRef {
  readonly collection: string;
  readonly id: string;
}

export interface Selection {
  readonly document: string | null;
  readonly refs: readonly RecordRef[];
}

export type SelectMode = "replace" | "add" | "toggle";

const NOTHING: readonly RecordRef[] = [];

export const selection = createStore<Selection>(() => ({ document: null, refs: NOTHING }));

/** Changes the selection. Selecting in another document always replaces. */
export function select(document: string, refs: readonly RecordRef[], mode: SelectMode = "replace"): void {
  selection.setState((before) => selected(before, document, refs, mode));
}

export function clearSelection(): void {
  selection.setState((before) => (before.refs.length === 0 ? before : { ...before, refs: NOTHING }));
}

/** What is selected of a document. */
export function useSelection(document: string): readonly RecordRef[] {
  return useStore(selection, (state) => (state.document === document ? state.refs : NOTHING));
}

/** Pure: the selection after selecting. */
export function selected(
  before: Selection,
  document: string,
  refs: readonly RecordRef[],
  mode: SelectMode,
): Selection {
  const given = new Map(refs.map((ref) => [refKey(ref), ref]));
  if (mode === "replace" || before.document !== document) return { document, refs: [...given.values()] };
  const had = new Set(before.refs.map(refKey));
  const added = [...given].filter(([key]) => !had.has(key)).map(([, ref]) => ref);
  const kept = mode === "add" ? before.refs : before.refs.filter((ref) => !given.has(refKey(ref)));
  return { document, refs: [...kept, ...added] };
}

/** A text that stands for a reference in sets and maps. */
export function refKey(ref: RecordRef): string {
  return `${ref.collection}/${ref.id}`;
}

export function sameRef(a: RecordRef, b: RecordRef): boolean {
  return a.collection === b.collection && a.id === b.id;
}

/** With `glance` the view moves no further than it must. */
type RevealHandler = (refs: readonly RecordRef[], glance: boolean) => void;

const revealHandlers = new Map<string, Set<RevealHandler>>();
/** What an editor should frame once it has mounted. */
const waiting = new Map<string, { refs: readonly RecordRef[]; glance: boolean }>();
let openTab: (document: string) => void = () => undefined;

/** Shows a document where it is edited. */
export function showDocument(document: string): void {
  openTab(document);
}

/**
 * Shows records where they are edited: opens the document's tab, selects them, and asks its editor to frame them; or, at a
 * `glance`, to move only as far as they are out of sight.
 */
export function reveal(document: string, refs: readonly RecordRef[], { glance = false } = {}): void {
  openTab(document);
  select(document, refs);
  const handlers = revealHandlers.get(document);
  if (handlers && handlers.size > 0) handlers.forEach((handler) => handler(refs, glance));
  else waiting.set(document, { refs, glance });
}

/** An editor's side of {@link reveal}. A reveal that opened the editor is handed over when it subscribes. */
export function onReveal(document: string, handler: RevealHandler): () => void {
  const handlers = revealHandlers.get(document) ?? new Set();
  revealHandlers.set(document, handlers);
  handlers.add(handler);
  const missed = waiting.get(document);
  if (missed) {
    waiting.delete(document);
    handler(missed.refs, missed.glance);
  }
  return () => {
    handlers.delete(handler);
  };
}

/** The window's side of {@link showDocument} and {@link reveal}: how a document's tab is opened. */
export function setTabOpener(open: (document: string) => void): void {
  openTab = open;
}
