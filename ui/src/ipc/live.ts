/** What lives a moment only: what people show of what they do, and messages. */
import { commands } from "./bindings";
import type * as wire from "./bindings";
import { answered, number } from "./call";
import { bounded, latest } from "./feeds";
import { readMessage, readPeer } from "./presence";
import type { Peer, Presence, PresenceMessage } from "./presence";
import type { BusMessage } from "./types";

/** Subscribes to the people who have the session open; the answer is who is there already, without this window. */
export async function subscribePresence(onMessage: (message: PresenceMessage) => void): Promise<Peer[]> {
  const tell = (message: wire.PresenceMessage) => onMessage(readMessage(message));
  return (await answered(commands.presenceSubscribe(latest(tell)))).map(readPeer);
}
/** Shows the others what this person is doing. */
export const setPresence = ({ selection, shown, ...presence }: Presence) =>
  answered(commands.presenceSet({ ...presence, selection: [...selection], shown: shown as wire.JsonValue }));

/**
 * Follows live messages whose subject fits the pattern (`slate.asset.>`); the answer ends it. `onDropped` says how many were
 * passed over because too many came at once.
 */
export function subscribeMessages(
  pattern: string,
  onMessage: (message: BusMessage) => void,
  onDropped: (count: number) => void,
): Promise<number> {
  const tell = (message: wire.BusMessage) => onMessage({ ...message, time: number(message.time) });
  return answered(commands.busSubscribe(pattern, bounded(tell, onDropped)));
}
export const unsubscribeMessages = (subscription: number) => answered(commands.busUnsubscribe(subscription));
