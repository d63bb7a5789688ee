/** What one does to the documents of the project as such. All of it is a gesture in the project's own document. */
import { beginRename } from "../documents/renaming";
import { reveal } from "../documents/selection";
import * as commands from "../ipc/documents";
import type { DocumentInfo, EditResult } from "../ipc/types";
import { MANIFEST } from "../project/session";
import { activateDocument } from "../project/activeDocument";
import { attempt, showUndoable } from "./notify";
import { newTitle } from "./kinds";
import type { Kind } from "./kinds";
import type { Tool } from "./layout";
import { closeDeleted, showOneOf } from "./tabs";

/** The panels that list documents. */
const LISTING: readonly Tool[] = ["hierarchy", "assets"];

/** Makes a document, shows it, and has its name typed in a list where it stands. */
export async function createDocument(kind: Kind): Promise<void> {
  const created = await attempt(commands.createDocument(kind.kind, newTitle(kind)));
  if (!created) return;
  reveal(created.id, []);
  showOneOf(LISTING);
  beginRename(created.id, { isNew: true });
}

export async function renameDocument(document: DocumentInfo, name: string): Promise<void> {
  if (name === "" || name === document.name) return;
  await attempt(inProject(commands.renameDocument(document.id, name)));
}

/** Gives a document another place in lists, counted from 0. */
export async function moveDocument(document: string, to: number): Promise<void> {
  await attempt(inProject(commands.moveDocument(document, to)));
}

/** Deletes a document and closes its tab; for a while the way back is offered. */
export async function deleteDocument(document: DocumentInfo): Promise<void> {
  const deleted = await attempt(inProject(commands.deleteDocument(document.id)));
  if (!deleted) return;
  closeDeleted(document.id);
  activateDocument(MANIFEST);
  showUndoable(`Deleted ${document.name}`, MANIFEST, deleted.cids[0]);
}

/** Brings a deleted document back, whoever deleted it. */
export function restoreDocument(document: string): Promise<EditResult> {
  return inProject(commands.restoreDocument(document));
}

/** Undo is meant for what was done last, so it takes this back then. */
async function inProject(gesture: Promise<EditResult>): Promise<EditResult> {
  const written = await gesture;
  activateDocument(MANIFEST);
  return written;
}
