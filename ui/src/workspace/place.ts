/** Where a person was in a project: kept beside its panels, and gone back to when it is opened again. */
import { select, selection } from "../documents/selection";
import type { Selection } from "../documents/selection";
import type { ProjectInfo } from "../ipc/types";
import { activateDocument, active, isThere } from "../project/activeDocument";
import { documentInfo, sessionStore } from "../project/session";
import { workingDocuments } from "../project/project";
import { kindOf } from "./kinds";

const KEY = "wissil.place.1";
/** A view that moves is written once it rests, in milliseconds. */
const REST = 300;

interface Place {
  /** The document that was worked in last. */
  document: string | null;
  selection: Selection;
  /** Where editors looked, by document; each editor knows its own. */
  views: Record<string, unknown>;
}

const NOWHERE: Place = { document: null, selection: { document: null, refs: [] }, views: {} };

let place = NOWHERE;
let stop: (() => void) | undefined;
let write: () => void = () => undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Goes back to where one was, and keeps it until the returned function is called. */
export function keepPlace({ session }: ProjectInfo): () => void {
  endPlace();
  place = read(session);
  write = () => localStorage.setItem(`${KEY}.${session}`, JSON.stringify(place));
  const { selection: selected, document } = place;
  if (selected.document !== null && documentInfo(selected.document)) select(selected.document, selected.refs);
  if (document !== null && isThere(document)) activateDocument(document);
  findTarget();
  const stops = [
    active.subscribe((now) => {
      if (now.document === null) findTarget();
      else if (now.document !== place.document) keep({ document: now.document });
    }),
    selection.subscribe((now) => keep({ selection: now })),
  ];
  stop = () => stops.forEach((each) => each());
  return () => {
    flushPlace();
    endPlace();
  };
}

/** Keeps nothing any more, and forgets what is not written yet. */
export function endPlace(): void {
  stop?.();
  clearTimeout(timer);
  [place, stop, timer, write] = [NOWHERE, undefined, undefined, () => undefined];
}

/** Where an editor last looked in a document. */
export function keptView(document: string): unknown {
  return place.views[document];
}

/** Keeps where an editor looks. */
export function keepView(document: string, view: unknown): void {
  keep({ views: { ...place.views, [document]: view } });
}

/** Writes what is kept at once: for whoever closes the window. */
export function flushPlace(): void {
  clearTimeout(timer);
  timer = undefined;
  write();
}

function keep(changed: Partial<Place>): void {
  place = { ...place, ...changed };
  timer ??= setTimeout(flushPlace, REST);
}

/** Undo always has a document to act on: the one worked in before, else one that is edited in a panel, else any. */
function findTarget(): void {
  const { document, recent } = active.getState();
  if (document !== null) return;
  const documents = workingDocuments(sessionStore.getState().status.documents);
  const target =
    recent.find(({ id }) => isThere(id)) ?? documents.find(({ kind }) => kindOf(kind).home) ?? documents[0];
  if (target) activateDocument(target.id);
}

function read(session: string): Place {
  const stored = localStorage.getItem(`${KEY}.${session}`);
  if (stored === null) return NOWHERE;
  try {
    const parsed = JSON.parse(stored) as Partial<Place>;
    return {
      document: typeof parsed.document === "string" ? parsed.document : null,
      selection: Array.isArray(parsed.selection?.refs) ? parsed.selection : NOWHERE.selection,
      views: parsed.views ?? {},
    };
  } catch {
    return NOWHERE;
  }
}
