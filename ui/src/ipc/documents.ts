/** Documents: reading and editing one, those of the project, and what is known of all. */
import { commands } from "./bindings";
import { answered, number } from "./call";
import { ordered } from "./feeds";
import type { Change, Deletion, Delta } from "./types";

/** Opens a document; `onDelta` gets every change after the snapshot, in order, or `onMissed` says that it is to be opened anew. */
export const openDocument = (document: string, onDelta: (delta: Delta) => void, onMissed: () => void) =>
  answered(commands.documentOpen(document, ordered(onDelta, onMissed)));
export const closeDocument = (subscription: number) => answered(commands.documentClose(subscription));
/** Makes a gesture once those before its place in the row are made. After one that fails, none of its row is. */
export const editDocument = (
  { row, place }: { row: number; place: number },
  document: string,
  eventType: string,
  changes: readonly Change[],
) => answered(commands.documentEdit(row, place, document, eventType, [...changes]));
/** Lets gestures go that wait in a row for one that never came. */
export const endEdits = (row: number) => answered(commands.editsEnd(row));
/** What undo and redo would do, wherever this person did it. */
export const nextSteps = () => answered(commands.nextSteps());
export const undoDocument = (document: string) => answered(commands.documentUndo(document));
/** Takes back the gesture that an event belongs to, whatever came after it. */
export const undoGesture = (document: string, event: string) =>
  answered(commands.gestureUndo(document, event));
export const redoDocument = (document: string) => answered(commands.documentRedo(document));

export const createDocument = (kind: string, name: string) => answered(commands.documentCreate(kind, name));
export const renameDocument = (document: string, name: string) =>
  answered(commands.documentRename(document, name));
/** Gives a document another place in lists, counted from 0. */
export const moveDocument = (document: string, to: number) => answered(commands.documentMove(document, to));
export const deleteDocument = (document: string) => answered(commands.documentDelete(document));
/** What became of a document that is not in the project any more. */
export async function deletionOf(document: string): Promise<Deletion | null> {
  const deletion = await answered(commands.documentDeletion(document));
  return deletion && { ...deletion, time: number(deletion.time) };
}
/** Brings a deleted document back, whoever deleted it. */
export const restoreDocument = (document: string) => answered(commands.documentRestore(document));

export const operations = () => answered(commands.operations());
export const problems = () => answered(commands.problems());
export const find = (query: string, limit: number) => answered(commands.find(query, limit));
