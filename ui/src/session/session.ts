/** The session as it lives: its status, and everyone who listens for new events. */
import { createStore, useStore } from "zustand";

import { sessionEvents, subscribeSession } from "../ipc";
import type { DocumentInfo, EventRow, Person, SessionStatus } from "../ipc";

const NONE: SessionStatus = {
  events: "0",
  outbox: "0",
  pending: "0",
  quarantined: "0",
  people: [],
  documents: [],
};

const session = createStore<{ status: SessionStatus }>(() => ({ status: NONE }));

export const useSessionStatus = () => useStore(session, (state) => state.status);
export const useDocuments = (): readonly DocumentInfo[] =>
  useStore(session, (state) => state.status.documents);
export const usePeople = (): readonly Person[] => useStore(session, (state) => state.status.people);

export function documentInfo(id: string): DocumentInfo | undefined {
  return session.getState().status.documents.find((document) => document.id === id);
}

export const sessionStore = session;

type Listener = (rows: readonly EventRow[]) => void;
const listeners = new Set<Listener>();

/** Calls back with new events, oldest first, as they are committed. */
export function onEvents(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Bumped when the project changes: messages of an earlier subscription are not ours any more. */
let generation = 0;

export async function subscribe(): Promise<void> {
  generation += 1;
  const mine = generation;
  const status = await subscribeSession((message) => {
    if (mine !== generation) return;
    session.setState({ status: message.status });
    listeners.forEach((listener) => listener(message.rows));
  });
  if (mine === generation) session.setState({ status });
}

export function forgetSession(): void {
  generation += 1;
  session.setState({ status: NONE });
}

/** Events newest first, older than `before`. */
export function olderEvents(
  before: string | null,
  limit: number,
  document: string | null,
): Promise<EventRow[]> {
  return sessionEvents(before, limit, document);
}
