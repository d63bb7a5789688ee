/** Which document keys and panels act on: the one a person last worked in. */
import { createStore, useStore } from "zustand";

import { selection } from "../documents/selection";
import { MANIFEST, documentInfo, sessionStore, useDocuments } from "./session";

interface ActiveState {
  /** What undo and redo act on. */
  document: string | null;
  /** What Variables and Outline show. */
  blueprint: string | null;
  /** What Hierarchy shows. */
  scene: string | null;
}

export const active = createStore<ActiveState>(() => ({ document: null, blueprint: null, scene: null }));

export function activateDocument(document: string): void {
  if (active.getState().document === document) return;
  const kind = documentInfo(document)?.kind;
  active.setState({
    document,
    ...(kind === "blueprint" ? { blueprint: document } : {}),
    ...(kind === "scene" ? { scene: document } : {}),
  });
}

export function deactivateDocument(document: string): void {
  const { document: current, blueprint, scene } = active.getState();
  active.setState({
    document: current === document ? null : current,
    blueprint: blueprint === document ? null : blueprint,
    scene: scene === document ? null : scene,
  });
}

// What was worked in belongs to the project that was left.
sessionStore.subscribe(({ status }) => {
  if (status.documents.length === 0) active.setState({ document: null, blueprint: null, scene: null });
});

// Selecting in a document is working in it.
selection.subscribe((now, before) => {
  if (now.document !== null && now !== before && now.refs.length > 0) activateDocument(now.document);
});

/** The document that is in view: working in the project as such is no document that one sees. */
export function shownDocument({ document, blueprint, scene }: ActiveState): string | null {
  return document === MANIFEST ? (blueprint ?? scene) : document;
}

export const useShownDocument = () => useStore(active, shownDocument);
export const useActiveDocument = () => useStore(active, (state) => state.document);

/** The Blueprint whose tab was last in front, while it exists. */
export function useActiveBlueprint(): string | null {
  const id = useStore(active, (state) => state.blueprint);
  const documents = useDocuments();
  return documents.some((document) => document.id === id) ? id : null;
}

/** The scene last worked in, also when it was deleted since; or the first one. */
export function useActiveScene(): string | null {
  const id = useStore(active, (state) => state.scene);
  const first = useDocuments().find((document) => document.kind === "scene");
  return id ?? first?.id ?? null;
}

/** Whether undo and redo can act on a document: on what is deleted nobody would see it. */
export function canStep(document: string): boolean {
  return document === MANIFEST || documentInfo(document) !== undefined;
}
