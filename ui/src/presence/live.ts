/** Presence while a project is open: who else is there comes in, what this person does goes out. */
import { setPresence, subscribePresence } from "../ipc/live";
import type { PresenceMessage, ProjectInfo } from "../ipc/types";
import { announce } from "./announcements";
import { peerName, watchFollowing } from "./follow";
import { currentPresence, onOwnPresence, own } from "./own";
import { NOBODY, peers, received, withPeers } from "./peers";
import { createSender } from "./sender";

/** With others there, every move that an eye can follow; alone, what the next one to come should find. */
const TOGETHER = 1000 / 30;
const ALONE = 1000;

let stop: () => void = () => undefined;
/** Bumped when the project changes: messages of an earlier subscription are not ours any more. */
let generation = 0;

/**
 * Begins when a project has been opened; the answer ends it. A shell that knows no others leaves the window alone in it.
 */
export function startPresence(project: ProjectInfo): () => void {
  stopPresence();
  void join(project, generation);
  return stopPresence;
}

async function join({ replica, user }: ProjectInfo, mine: number): Promise<void> {
  // Messages may overtake the answer.
  const early: PresenceMessage[] = [];
  let ready = false;
  try {
    const present = await subscribePresence((message) => {
      if (mine !== generation) return;
      if (ready) receive(message, replica);
      else early.push(message);
    });
    if (mine !== generation) return;
    peers.setState(withPeers(present.filter((peer) => peer.replica !== replica)));
  } catch {
    return;
  }
  ready = true;
  early.forEach((message) => receive(message, replica));
  const sender = createSender({
    read: currentPresence,
    send: setPresence,
    interval: () => (peers.getState().peers.size > 0 ? TOGETHER : ALONE),
  });
  const stops = [watchFollowing({ replica, user: user.id }), onOwnPresence(sender.changed), sender.stop];
  stop = () => stops.forEach((each) => each());
  sender.changed();
}

/** Ends when the project closes: nobody is there, and nothing is shown. */
export function stopPresence(): void {
  generation += 1;
  stop();
  stop = () => undefined;
  peers.setState(NOBODY);
  own.setState({ editors: new Map(), following: null });
}

function receive(message: PresenceMessage, replica: string): void {
  const about = message.type === "left" ? message.replica : message.peer.replica;
  if (about === replica) return;
  const known = peers.getState().peers.has(about);
  if (message.type === "left" && known) announce(`${peerName(about)} left.`);
  peers.setState((before) => received(before, message));
  if (message.type !== "left" && !known) announce(`${peerName(about)} joined.`);
}
