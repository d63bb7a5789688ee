/** The session as it lives: its status, and everyone who listens for what happens in it. */
import { createStore, useStore } from "zustand";

import { eventTouched, sessionEvents, subscribeSession } from "../ipc/history";
import { ON_THIS_DISK } from "../ipc/network";
import type {
  Displaced,
  DocumentInfo,
  EventRow,
  Person,
  SessionMessage,
  SessionStatus,
  Touched,
  Travelled,
} from "../ipc/types";
import { forgetAssets, loadAssets, showAssets, showAssetTravel } from "./assets";
import { forgetMessages, resumeMessages } from "./liveMessages";

const NONE: SessionStatus = {
  events: "0",
  outbox: "0",
  pending: "0",
  quarantined: "0",
  people: [],
  documents: [],
  displaced: null,
  connection: ON_THIS_DISK,
};

/** The document of the project itself: its files, documents and people. */
export const MANIFEST = "manifest";

/** `epoch` is bumped when events that were told of may be gone from the history, or not all were told of. */
const session = createStore<{ status: SessionStatus; epoch: number }>(() => ({ status: NONE, epoch: 0 }));

/** A part of the status; the part must keep its identity while it does not change. */
export const useSessionStatus = <T>(select: (status: SessionStatus) => T): T =>
  useStore(session, ({ status }) => select(status));
export const useDocuments = (): readonly DocumentInfo[] =>
  useStore(session, (state) => state.status.documents);
export const useHistoryEpoch = () => useStore(session, (state) => state.epoch);
/** Whether the project has a document; undefined while nothing is known of it, as a project that has events is. */
export function useHasDocument(id: string): boolean | undefined {
  return useStore(session, ({ status }) =>
    status.events === NONE.events ? undefined : status.documents.some((document) => document.id === id),
  );
}
/** Where the project's folder is instead, when it is not where the project was opened. */
export const useDisplaced = (): Displaced | null => useStore(session, (state) => state.status.displaced);
export const usePeople = (): readonly Person[] => useStore(session, (state) => state.status.people);
export function documentInfo(id: string): DocumentInfo | undefined {
  return session.getState().status.documents.find((document) => document.id === id);
}

export const sessionStore = session;

/** Calls back with new events, oldest first, as they are committed. */
export function onEvents(listener: Listener<EventRow>): () => void {
  return listen(eventListeners, listener);
}

/** Calls back with events that are on the server now, or with others. */
export function onTravelled(listener: Listener<Travelled>): () => void {
  return listen(travelListeners, listener);
}

/** Calls back when this machine turned out to have been set back. */
export function onSetBack(listener: (message: SetBack) => void): () => void {
  setBackListeners.add(listener);
  return () => setBackListeners.delete(listener);
}

/** Calls back with what went wrong beside what was asked for. */
export function onProblem(listener: (problem: string) => void): () => void {
  problemListeners.add(listener);
  return () => problemListeners.delete(listener);
}

type SetBack = Extract<SessionMessage, { type: "setBack" }>;
const setBackListeners = new Set<(message: SetBack) => void>();
const problemListeners = new Set<(problem: string) => void>();

type Listener<T> = (items: readonly T[]) => void;
const eventListeners = new Set<Listener<EventRow>>();
const travelListeners = new Set<Listener<Travelled>>();

function listen<T>(listeners: Set<Listener<T>>, listener: Listener<T>): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function take(message: SessionMessage): void {
  switch (message.type) {
    case "events":
      session.setState(({ status }) => ({ status: kept(message.status, status) }));
      eventListeners.forEach((listener) => listener(message.rows));
      break;
    case "connection":
      session.setState(({ status }) => ({ status: { ...status, connection: message.connection } }));
      break;
    case "travelled":
      travelListeners.forEach((listener) => listener(message.events));
      break;
    case "setBack":
      session.setState(({ epoch }) => ({ epoch: epoch + 1 }));
      setBackListeners.forEach((listener) => listener(message));
      break;
    case "problem":
      problemListeners.forEach((listener) => listener(message.problem));
      break;
    case "assets":
      showAssets(message.assets);
      break;
    case "assetTravels":
      showAssetTravel(message);
      break;
  }
}

/** What comes with every event is mostly what was there before, and is the same object then. */
function kept(now: SessionStatus, before: SessionStatus): SessionStatus {
  const { documents, people } = before;
  return {
    ...now,
    documents: sameItems(now.documents, documents) ? documents : now.documents,
    people: sameItems(now.people, people) ? people : now.people,
  };
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, at) => JSON.stringify(item) === JSON.stringify(b[at]));
}

/** Bumped when the project changes: messages of an earlier subscription are not ours any more. */
let generation = 0;

export async function subscribe(): Promise<void> {
  generation += 1;
  const mine = generation;
  const status = await subscribeSession(
    (message) => {
      if (mine === generation) take(message);
    },
    () => {
      if (mine === generation) session.setState(({ epoch }) => ({ epoch: epoch + 1 }));
    },
  );
  if (mine !== generation) return;
  session.setState({ status });
  loadAssets();
  resumeMessages();
}

export function forgetSession(): void {
  generation += 1;
  session.setState({ status: NONE });
  forgetAssets();
  forgetMessages();
}

/** The order of history: by when an event counts as made, then by its height. */
export function newestFirst(a: EventRow, b: EventRow): number {
  const [atA = 0, heightA = 0] = a.position.split(".", 2).map(Number);
  const [atB = 0, heightB = 0] = b.position.split(".", 2).map(Number);
  return atB - atA || heightB - heightA;
}

/** Rows that came and rows that were there, newest first; one that is among both stands once, as it came. */
export function mergedRows(came: readonly EventRow[], there: readonly EventRow[]): readonly EventRow[] {
  const known = new Set(came.map((row) => row.cid));
  return [...came, ...there.filter((row) => !known.has(row.cid))].sort(newestFirst);
}

/** All that an event touched, where its row names only the first. */
export function allTouched(row: EventRow): Promise<readonly Touched[]> {
  return row.touched.length < row.touchedCount ? eventTouched(row.cid) : Promise.resolve(row.touched);
}

/** Events newest first, older than `before`. */
export function olderEvents(
  before: string | null,
  limit: number,
  document: string | null,
): Promise<EventRow[]> {
  return sessionEvents(before, limit, document);
}
