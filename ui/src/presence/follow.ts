/**
 * Following somebody: the document they look at is opened here and what they see is kept in view, until this person
 * goes their own way.
 */
import { useStore } from "zustand";

import { saving } from "../documents/saving";
import { showDocument } from "../documents/selection";
import type { Peer } from "../ipc/types";
import { active } from "../project/activeDocument";
import { announce } from "./announcements";
import { loopThrough, mustLetGo } from "./loop";
import { namesOf } from "./names";
import { own } from "./own";
import { peers } from "./peers";

/** Who this window is. */
interface Self {
  readonly replica: string;
  /** The user id. */
  readonly user: string;
}

let self: Self = { replica: "", user: "" };

export const useFollowed = () => useStore(own, (state) => state.following);

/** The peer that is followed, while they are there. */
export function followedPeer(): Peer | undefined {
  const { following } = own.getState();
  return following === null ? undefined : peers.getState().peers.get(following);
}

/** Follows somebody who is there. Who follows this window, be it through others, cannot be followed in turn. */
export function follow(replica: string): void {
  const peer = peers.getState().peers.get(replica);
  if (!peer) return;
  if (loopThrough(self.replica, replica, followedBy)) {
    announce(`${peerName(replica)} follows you already.`);
    return;
  }
  own.setState({ following: replica });
  announce(`Following ${peerName(replica)}. Escape stops.`);
  visit(peer);
}

/** Ends following; anything a person does for themselves calls it. */
export function stopFollowing(): void {
  const { following } = own.getState();
  if (following === null) return;
  own.setState({ following: null });
  announce(`Stopped following ${peerName(following)}.`);
}

/** Keeps the rules of following until the returned function is called. */
export function watchFollowing(who: Self): () => void {
  self = who;
  const stops = [
    peers.subscribe((now, before) => {
      const { following } = own.getState();
      if (following === null) return;
      const peer = now.peers.get(following);
      if (!peer) {
        // That they left is said already.
        own.setState({ following: null });
        return;
      }
      const loop = loopThrough(self.replica, following, followedBy);
      if (loop && mustLetGo(self.replica, loop)) {
        stopFollowing();
        return;
      }
      if (peer.presence.document !== before.peers.get(following)?.presence.document) visit(peer);
    }),
    // An edit of one's own, and taking one back.
    saving.subscribe((now, before) => {
      if (now.pending > before.pending) stopFollowing();
    }),
    // Another tab than theirs.
    active.subscribe((now, before) => {
      const document = followedPeer()?.presence.document;
      if (now.tab !== before.tab && now.tab !== document) stopFollowing();
    }),
  ];
  return () => stops.forEach((stop) => stop());
}

function visit({ presence }: Peer): void {
  if (presence.document !== null) showDocument(presence.document);
}

function followedBy(follower: string): string | null {
  return peers.getState().peers.get(follower)?.presence.following ?? null;
}

/** What a peer is called; somebody who has left keeps no name. */
export function peerName(replica: string): string {
  return namesOf(peers.getState().residents, self.user).get(replica) ?? "somebody";
}
