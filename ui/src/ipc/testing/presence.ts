/** The others in the twin's session: tests and the dev page let them come, move and go. */
import { NOTHING_SHOWN } from "../presence";
import type { Peer, Presence, PresenceMessage } from "../presence";
import type { Latest } from "../bindings";
import type { Person } from "../types";

interface Channel {
  onmessage: (messages: Latest<PresenceMessage>) => void;
}

export class TwinPresence {
  /** What the window has shown of itself, oldest first. */
  shown: Presence[] = [];
  private readonly here = new Map<string, Peer>();
  private channel: Channel | undefined;

  subscribe(channel: Channel): Peer[] {
    this.channel = channel;
    return [...this.here.values()];
  }

  join(replica: string, person: Person, presence: Partial<Presence> = {}): void {
    const peer = { replica, person, presence: { ...NOTHING_SHOWN, ...presence } };
    this.here.set(replica, peer);
    this.channel?.onmessage([{ type: "joined", peer }]);
  }

  move(replica: string, presence: Partial<Presence>): void {
    const before = this.here.get(replica);
    if (!before) return;
    const peer = { ...before, presence: { ...before.presence, ...presence } };
    this.here.set(replica, peer);
    this.channel?.onmessage([{ type: "moved", peer }]);
  }

  leave(replica: string): void {
    this.here.delete(replica);
    this.channel?.onmessage([{ type: "left", replica }]);
  }
}
