/** Peers for tests. */
import { NOTHING_SHOWN } from "../ipc/presence";
import type { Peer, Presence } from "../ipc/types";

/** A peer; `ann1` and `ann2` are two devices of one person. */
export function peer(replica: string, presence: Partial<Presence> = {}): Peer {
  const id = replica.replace(/\d+$/, "");
  return { replica, person: { id, name: id, color: "#56c8ff" }, presence: { ...NOTHING_SHOWN, ...presence } };
}

export const node = (id: string) => ({ collection: "nodes", id });
