import { useState } from "react";

import { Select, absoluteTime, finds } from "../../design";
import type { BusMessage, MessageCounts } from "../../ipc/types";
import {
  useAssetEvents,
  useBuildEvents,
  useDropped,
  useEditorEvents,
  useFileEvents,
  useProjectEvents,
  useRuntimeEvents,
} from "../../project/liveMessages";
import { usePeople } from "../../project/session";

/** How many messages of each resource are kept to look at: cursors must not push out what is rare. */
const KEPT = 50;

const ALL = "all";

/** What messages are about, as the filter offers it. */
const RESOURCES = [
  { value: ALL, label: "All messages" },
  { value: "project", label: "Project" },
  { value: "file", label: "Files" },
  { value: "asset", label: "Assets" },
  { value: "editor", label: "Editors" },
  { value: "runtime", label: "Running games" },
  { value: "build", label: "Builds" },
] as const;

interface Shown extends BusMessage {
  /** Counts up: a message has no id of its own. */
  number: number;
}

/** What programs of the session tell each other at the moment, newest first; nothing of it is stored. */
export function LiveMessages({ counts }: { counts: MessageCounts | undefined }) {
  const [messages, setMessages] = useState<readonly Shown[]>([]);
  const [resource, setResource] = useState<string>(ALL);
  const [text, setText] = useState("");
  const people = usePeople();
  const dropped = useDropped();
  const take = (message: BusMessage) => setMessages((before) => withLatest(before, message));
  useProjectEvents(take);
  useFileEvents(take);
  useAssetEvents(take);
  useRuntimeEvents(take);
  useBuildEvents(take);
  useEditorEvents(take);
  const nameOf = (id: string) => people.find((person) => person.id === id)?.name ?? "somebody";
  const shown = messages.filter(
    (message) =>
      (resource === ALL || message.resource === resource) &&
      finds(text, [message.subject, nameOf(message.user), payloadText(message.payload)].join("\n")),
  );
  return (
    <section className="connection-section connection-live" aria-labelledby="connection-live">
      <h3 id="connection-live" className="connection-title">
        Live messages
      </h3>
      {counts && <p className="connection-quiet">{countWords(counts)}</p>}
      {dropped > 0 && (
        <p className="connection-quiet">
          {dropped.toLocaleString()} came faster than they can be shown, and were passed over.
        </p>
      )}
      {messages.length > 0 && (
        <div className="connection-filter">
          <Select label="Messages about" value={resource} options={RESOURCES} onChange={setResource} />
          <input
            className="ui-input"
            type="search"
            aria-label="Filter messages"
            placeholder="Filter"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
      )}
      {messages.length === 0 ? (
        <p className="connection-quiet">
          Builds, running games, what people edit and files that come and go are told to everyone as they
          happen. None came since this panel was opened.
        </p>
      ) : shown.length === 0 ? (
        <p className="connection-quiet">None of the {messages.length} last messages fits.</p>
      ) : (
        <ul className="connection-messages ui-selectable" aria-label="Live messages" tabIndex={0}>
          {shown.map((message) => (
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

/** The messages with another one in front, and of those about the same the latest only. */
function withLatest(before: readonly Shown[], message: BusMessage): readonly Shown[] {
  let same = 0;
  const kept = before.filter(({ resource }) => resource !== message.resource || (same += 1) < KEPT);
  return [{ ...message, number: (before[0]?.number ?? 0) + 1 }, ...kept];
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
