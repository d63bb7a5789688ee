/** Open documents as views hold them: a thin copy of the projection, and the edits that are on their way. */
import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import { useStore } from "zustand";
import type { StoreApi } from "zustand";

import { nextSteps, redoDocument, undoDocument, undoGesture } from "../ipc/documents";
import { ApiFailure } from "../ipc/failure";
import type { Change, Collections, EditResult, Problem, RecordData, Records, UndoState } from "../ipc/types";
import { openDocuments } from "./openDocuments";
import type { DocumentState } from "./openDocuments";
import { Reading } from "./reading";
import type { Derived, DocumentRecords, RecordReader } from "./records";
import { whileSaving } from "./saving";
import { sendEdit, writeAlone } from "./writing";
import type { RecordRef } from "./selection";

export { newId } from "./newId";
export type { DocumentState } from "./openDocuments";

/** A document as a view reads it. Untouched records keep their identity from one view to the next. */
export interface DocumentView {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  /** The records, one by one: reading one makes nothing of the rest. */
  readonly records: DocumentRecords;
  /** Whole collections, as they are when they are read: for lists. */
  readonly collections: Collections;
  readonly problems: readonly Problem[];
  readonly undo: UndoState;
  /** How many events it holds. */
  readonly position: string;
}

const NO_RECORDS: Records = {};
const NONE: readonly RecordRef[] = [];

/** The document's store, for code outside React. It stays open while someone {@link holdDocument}s it. */
export function documentStore(id: string): StoreApi<DocumentState> {
  return openDocuments.store(id);
}

/** Keeps a document open until the returned function is called. */
export function holdDocument(id: string): () => void {
  return openDocuments.hold(id);
}

/** The document; undefined until it has been read, or when it cannot be. Opens it while mounted. */
export function useDocument(id: string): DocumentView | undefined {
  return useDocumentState(id, (state) => state.view);
}

/** Why the document could not be opened, if so. */
export function useDocumentFailure(id: string): ApiFailure | undefined {
  return useDocumentState(id, (state) => state.failure);
}

/** What kind it is; undefined until it has been read. */
export function useKind(id: string): string | undefined {
  return useDocumentState(id, ({ view }) => view?.kind);
}

/** One of its collections, empty until the document has been read: for whoever reads all that there is in it. */
export function useCollection(id: string, collection: string): Records {
  return useDocumentState(id, ({ view }) => view?.records.object(collection) ?? NO_RECORDS);
}

/** What follows from some of its fields; what else changes does not concern it. Undefined until the document has been read. */
export function useDerived<T>(id: string, derived: Derived<T>): T | undefined {
  return useDocumentState(id, ({ view }) => view?.records.derive(derived));
}

/**
 * What is made of some of its records; made again when one that was read for it changed. Undefined until the document has been
 * read.
 */
export function useReading<T>(id: string, make: (records: RecordReader) => T): T | undefined {
  const reading = useMemo(() => new Reading<T>(), []);
  return useDocumentState(id, ({ view }) => view && reading.of(view.records, make));
}

/** One of its records. Other records that change do not concern it. */
export function useRecord(id: string, collection: string, recordId: string): RecordData | undefined {
  useHeld(id);
  const subscribe = useCallback(
    (listener: () => void) => openDocuments.listen(id, collection, recordId, listener),
    [id, collection, recordId],
  );
  return useSyncExternalStore(subscribe, () => openDocuments.record(id, collection, recordId));
}

/** Of some records, those that are there: the same list until their collections get or lose a record. */
export function useThere(id: string, refs: readonly RecordRef[]): readonly RecordRef[] {
  const collections = useMemo(() => [...new Set(refs.map(({ collection }) => collection))], [refs]);
  const records = useDocumentState(id, ({ view }) => view?.records);
  const comings = useDocumentState(id, ({ view }) => view?.records.comings(collections));
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the records are the same object while they come and go
  return useMemo(() => records?.there(refs) ?? NONE, [records, comings, refs]);
}

/** A record as it is now, for an edit of a part of what it holds: what others made of the rest stays. */
export function newestRecord(document: string, collection: string, id: string): RecordData | undefined {
  return openDocuments.newest(document, collection, id);
}

/** A part of the document's state; the part must keep its identity while it does not change. No id opens nothing. */
export function useDocumentState<T>(id: string, select: (state: DocumentState) => T): T {
  useHeld(id);
  return useStore(openDocuments.store(id), select);
}

function useHeld(id: string): void {
  useEffect(() => (id === "" ? undefined : openDocuments.hold(id)), [id]);
}

/**
 * Writes one gesture. Views show it at once; if it fails they show what was there before, and the failure is thrown.
 * `eventType` names what the person did, such as `node.move`.
 */
export async function edit(
  document: string,
  eventType: string,
  changes: readonly Change[],
): Promise<EditResult> {
  const overlay = openDocuments.beginEdit(document, changes);
  try {
    const result = await whileSaving(sendEdit({ document, eventType, changes }), ApiFailure.from);
    overlay.written(result.position);
    return result;
  } catch (thrown) {
    overlay.drop();
    throw thrown;
  }
}

/** The document once it shows what stands at a position, such as an edit's. */
export function whenReached(id: string, position: string): Promise<DocumentView> {
  const store = openDocuments.store(id);
  const reached = ({ view }: DocumentState) =>
    view && BigInt(view.position) >= BigInt(position) ? view : undefined;
  return new Promise((resolve) => {
    const now = reached(store.getState());
    if (now) {
      resolve(now);
      return;
    }
    const forget = store.subscribe((state) => {
      const view = reached(state);
      if (!view) return;
      forget();
      resolve(view);
    });
  });
}

/** Steps over this person's newest gesture, wherever they made it; null where there is none. */
export function stepNewest(verb: "undo" | "redo"): Promise<(EditResult & { document: string }) | null> {
  const step = async () => {
    // What was done a moment ago is known then.
    const { document } = (await nextSteps())[verb] ?? {};
    if (document === undefined) return null;
    return { document, ...(await (verb === "undo" ? undoDocument(document) : redoDocument(document))) };
  };
  return whileSaving(writeAlone(step), ApiFailure.from);
}

/** Takes back this person's last gesture in the document. */
export function undo(document: string): Promise<EditResult> {
  return whileSaving(
    writeAlone(() => undoDocument(document)),
    ApiFailure.from,
  );
}

/** Takes back the gesture of this person that an event belongs to, whatever came after it; or throws why not. */
export function undoEvent(document: string, event: string): Promise<EditResult> {
  return whileSaving(
    writeAlone(() => undoGesture(document, event)),
    ApiFailure.from,
  );
}

/** Brings back what was last undone. */
export function redo(document: string): Promise<EditResult> {
  return whileSaving(
    writeAlone(() => redoDocument(document)),
    ApiFailure.from,
  );
}
