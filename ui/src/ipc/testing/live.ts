/** The twin's live messages, and the others in its session. */
import type { BusMessage, Person, Presence, PresenceMessage } from "../types";
import type { Bounded, JsonValue, Latest } from "../bindings";
import { bounded } from "./answers";
import type { Answers, Channel } from "./answers";
import type { TwinPresence } from "./presence";

export class TwinLive {
  /** How many messages came. */
  sent = 0;
  private readonly followed = new Map<number, { pattern: string; channel: Channel<Bounded<BusMessage>> }>();
  private nextSubscription = 1;

  constructor(
    private readonly people: () => readonly Person[],
    private readonly presence: TwinPresence,
  ) {}

  readonly answers: Answers<"presenceSubscribe" | "presenceSet" | "busSubscribe" | "busUnsubscribe"> = {
    presenceSubscribe: ({ channel }) =>
      this.presence.subscribe(channel as Channel<Latest<PresenceMessage>>).map(({ presence, ...peer }) => ({
        ...peer,
        presence: { ...presence, selection: [...presence.selection], shown: presence.shown as JsonValue },
      })),
    presenceSet: ({ presence }) => {
      this.presence.shown.push(presence as Presence);
      return null;
    },
    busSubscribe: ({ pattern, channel }) => {
      const subscription = this.nextSubscription++;
      this.followed.set(subscription, {
        pattern: String(pattern),
        channel: channel as Channel<Bounded<BusMessage>>,
      });
      return subscription;
    },
    busUnsubscribe: ({ subscription }) => {
      this.followed.delete(Number(subscription));
      return null;
    },
  };

  /** The patterns that the window follows, for tests. */
  get patterns(): string[] {
    return [...this.followed.values()].map(({ pattern }) => pattern);
  }

  /** Sends a live message, as somebody else would. */
  message(resource: string, action: string, payload: BusMessage["payload"]): void {
    this.sent += 1;
    const subject = `slate.${resource}.${action}.01SESSION`;
    const user = this.people().at(-1)?.id ?? "";
    const message: BusMessage = { subject, resource, action, user, time: Date.now(), payload };
    for (const { pattern, channel } of this.followed.values()) {
      if (fits(pattern, subject)) channel.onmessage(bounded(message));
    }
  }
}

/** Whether a subject fits a pattern with `*` for one word and `>` for the rest. */
function fits(pattern: string, subject: string): boolean {
  const words = subject.split(".");
  const wanted = pattern.split(".");
  return (
    wanted.every((word, at) => word === ">" || word === "*" || word === words[at]) &&
    (wanted.at(-1) === ">" || wanted.length === words.length)
  );
}
