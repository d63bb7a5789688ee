/** Everybody else who has the session open, and what they show. */
import { createStore, useStore } from "zustand";

import { refKey } from "../documents/selection";
import type { Peer, Person, PresenceMessage, Shown } from "../ipc/types";

/** What changes seldom of a peer: lists of people need not follow every move of a cursor. */
export interface Resident {
  readonly replica: string;
  readonly person: Person;
  readonly document: string | null;
  readonly following: string | null;
}

/** The replicas that have selected a record, by {@link refKey}. */
export type Marks = ReadonlyMap<string, readonly string[]>;

export interface PeersState {
  /** By replica; new whenever anybody moves. */
  readonly peers: ReadonlyMap<string, Peer>;
  /** In the order in which they came; the same list until somebody comes, goes or turns to something else. */
  readonly residents: readonly Resident[];
  /** By document; a document's marks stay the same until a selection in it changes. */
  readonly marks: ReadonlyMap<string, Marks>;
}

export const NOBODY: PeersState = { peers: new Map(), residents: [], marks: new Map() };

export const peers = createStore<PeersState>(() => NOBODY);

export const useResidents = () => useStore(peers, (state) => state.residents);

/** What of a peer's presence a view shows; the part keeps its identity while it stays equal. */
export function usePeer<T>(replica: string, select: (peer: Peer) => T): T | undefined {
  return useStore(peers, (state) => {
    const peer = state.peers.get(replica);
    return peer && select(peer);
  });
}

const NO_MARKS: Marks = new Map();

export const useMarks = (document: string): Marks =>
  useStore(peers, (state) => state.marks.get(document) ?? NO_MARKS);

/** Pure: who is there when subscribing. */
export function withPeers(present: readonly Peer[]): PeersState {
  return present.reduce<PeersState>((state, peer) => received(state, { type: "joined", peer }), NOBODY);
}

/** Pure: the state after a message. What a message repeats keeps its identity. */
export function received(before: PeersState, message: PresenceMessage): PeersState {
  const replica = message.type === "left" ? message.replica : message.peer.replica;
  const was = before.peers.get(replica);
  const now = message.type === "left" ? undefined : merged(was, message.peer);
  if (was === now) return before;
  const all = new Map(before.peers);
  if (now) all.set(replica, now);
  else all.delete(replica);
  const touched = new Set<string>();
  if (
    was?.presence.selection !== now?.presence.selection ||
    was?.presence.document !== now?.presence.document
  ) {
    for (const peer of [was, now]) {
      const document = peer?.presence.document;
      if (document) touched.add(document);
    }
  }
  return {
    peers: all,
    residents: sameResident(was, now) ? before.residents : [...all.values()].map(residentOf),
    marks: touched.size === 0 ? before.marks : remarked(before.marks, all, touched),
  };
}

function merged(was: Peer | undefined, now: Peer): Peer {
  if (!was) return now;
  return kept(was, {
    replica: now.replica,
    person: kept(was.person, now.person),
    presence: kept(was.presence, {
      document: now.presence.document,
      cursor: kept(was.presence.cursor, now.presence.cursor),
      selection: kept(was.presence.selection, now.presence.selection),
      shown: keptParts(was.presence.shown, now.presence.shown),
      following: now.presence.following,
    }),
  });
}

/** Part by part what was before where it says the same: who reads one is not told of the others. */
function keptParts(was: Shown, now: Shown): Shown {
  const parts = Object.entries(now).map(([name, part]) => [name, kept(was[name], part)] as const);
  return kept(was, Object.fromEntries(parts));
}

/** The one before if it says the same. */
function kept<T>(was: T, now: T): T {
  return JSON.stringify(was) === JSON.stringify(now) ? was : now;
}

function residentOf({ replica, person, presence: { document, following } }: Peer): Resident {
  return { replica, person, document, following };
}

function sameResident(a: Peer | undefined, b: Peer | undefined): boolean {
  return (
    a !== undefined &&
    b !== undefined &&
    a.person === b.person &&
    a.presence.document === b.presence.document &&
    a.presence.following === b.presence.following
  );
}

function remarked(
  before: ReadonlyMap<string, Marks>,
  all: ReadonlyMap<string, Peer>,
  documents: ReadonlySet<string>,
): ReadonlyMap<string, Marks> {
  const marks = new Map(before);
  for (const document of documents) {
    const here = new Map<string, string[]>();
    for (const { replica, presence } of all.values()) {
      if (presence.document !== document) continue;
      for (const ref of presence.selection) {
        const by = here.get(refKey(ref));
        if (!by) here.set(refKey(ref), [replica]);
        else if (!by.includes(replica)) by.push(replica);
      }
    }
    if (here.size > 0) marks.set(document, here);
    else marks.delete(document);
  }
  return marks;
}
