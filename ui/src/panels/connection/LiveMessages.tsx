import { useState } from "react";

import { absoluteTime } from "../../app/time";
import type { BusMessage, MessageCounts } from "../../ipc";
import {
  useAssetEvents,
  useBuildEvents,
  useFileEvents,
  useProjectEvents,
  useRuntimeEvents,
} from "../../session/liveMessages";
import { usePeople } from "../../session/session";

/** How many messages are kept to look at. */
const KEPT = 50;

interface Shown extends BusMessage {
  /** Counts up: a message has no id of its own. */
  number: number;
}

/** What programs of the session tell each other at the moment, newest first; nothing of it is stored. */
export function LiveMessages({ counts }: { counts: MessageCounts | undefined }) {
  const [messages, setMessages] = useState<readonly Shown[]>([]);
  const people = usePeople();
  const take = (message: BusMessage) =>
    setMessages((before) => [{ ...message, number: (before[0]?.number ?? 0) + 1 }, ...before].slice(0, KEPT));
  useProjectEvents(take);
  useFileEvents(take);
  useAssetEvents(take);
  useRuntimeEvents(take);
  useBuildEvents(take);
  const nameOf = (id: string) => people.find((person) => person.id === id)?.name ?? "somebody";
  return (
    <section className="connection-section connection-live" aria-labelledby="connection-live">
      <h3 id="connection-live" className="connection-title">
        Live messages
      </h3>
      {counts && <p className="connection-quiet">{countWords(counts)}</p>}
      {messages.length === 0 ? (
        <p className="connection-quiet">
          Builds, running games and files that come and go are told to everyone as they happen. None came
          since this panel was opened.
        </p>
      ) : (
        <ul className="connection-messages ui-selectable" aria-label="Live messages" tabIndex={0}>
          {messages.map((message) => (
            <li key={message.number} title={`${absoluteTime(message.time)} · ${message.subject}`}>
              <span className="connection-message-time">{clock(message.time)}</span>
              <span className="connection-message-what">
                {message.resource} {message.action}
              </span>
              <span className="connection-message-who">{nameOf(message.user)}</span>
              <span className="connection-message-payload ui-mono">{payloadText(message.payload)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function countWords({ sent, received, malformed, dropped }: MessageCounts): string {
  const words = [`${sent.toLocaleString()} sent`, `${received.toLocaleString()} received`];
  if (malformed > 0) words.push(`${malformed.toLocaleString()} not understood`);
  if (dropped > 0) words.push(`${dropped.toLocaleString()} not sent while offline`);
  return words.join(" · ");
}

function clock(time: number): string {
  return new Date(time).toLocaleTimeString(undefined, { timeStyle: "medium" });
}

function payloadText(payload: BusMessage["payload"]): string {
  if (payload === null) return "";
  return typeof payload === "string" ? payload : JSON.stringify(payload);
}
