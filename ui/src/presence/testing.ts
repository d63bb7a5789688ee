/** Peers for tests. */
import type { Peer, Presence } from "../ipc";

export const ALONE: Presence = {
  document: null,
  cursor: null,
  selection: [],
  viewport: null,
  ghosts: [],
  playhead: null,
  following: null,
};

/** A peer; `ann1` and `ann2` are two devices of one person. */
export function peer(replica: string, presence: Partial<Presence> = {}): Peer {
  const id = replica.replace(/\d+$/, "");
  return { replica, person: { id, name: id, color: "#56c8ff" }, presence: { ...ALONE, ...presence } };
}

export const node = (id: string) => ({ collection: "nodes", id });
