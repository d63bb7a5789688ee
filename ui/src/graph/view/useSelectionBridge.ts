/** Keeps the canvas's selection and the window's the same. */

import { useLayoutEffect } from "react";

import { useSelection, type RecordRef } from "../../documents/selection";
import type { CanvasStore } from "../canvas/state";
import type { Picked } from "../gestures/changes";

export function useSelectionBridge(document: string, store: CanvasStore): void {
  const refs = useSelection(document);
  useLayoutEffect(() => {
    store.setState({ selection: pickedOf(refs) });
  }, [refs, store]);
}

export function pickedOf(refs: readonly RecordRef[]): Picked {
  const ids = (collection: string) =>
    new Set(refs.filter((ref) => ref.collection === collection).map(({ id }) => id));
  return { nodes: ids("nodes"), wires: ids("wires"), comments: ids("comments") };
}

export function refsOf(picked: Partial<Picked>): RecordRef[] {
  return (["nodes", "wires", "comments"] as const).flatMap((collection) =>
    [...(picked[collection] ?? [])].map((id) => ({ collection, id })),
  );
}
