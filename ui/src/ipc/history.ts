/** The session as it lives and its events. */
import { commands } from "./bindings";
import type * as wire from "./bindings";
import { readAsset } from "./assets";
import { answered, number } from "./call";
import { ordered } from "./feeds";
import type { EventRow, SessionMessage } from "./types";

/**
 * Subscribes to the session; `onMessage` gets every event after the returned status, or `onMissed` says that history is to be
 * read anew.
 */
export const subscribeSession = (onMessage: (message: SessionMessage) => void, onMissed: () => void) =>
  answered(
    commands.sessionSubscribe(
      ordered((message: wire.SessionMessage) => onMessage(readMessage(message)), onMissed),
    ),
  );
/** Events newest first, older than `before`. */
export async function sessionEvents(
  before: string | null,
  limit: number,
  document: string | null,
): Promise<EventRow[]> {
  return (await answered(commands.sessionEvents(before, limit, document))).map(readRow);
}
/** All records that an event touched; its row names the first of them. */
export const eventTouched = (cid: string) => answered(commands.eventTouched(cid));
/** The event as JSON text. */
export const showEvent = (cid: string) => answered(commands.eventShow(cid));
/** What is read of an event's JSON form (`docs/events.md`). */
interface EventJson {
  metadata: { extra?: { undoes?: { "/": string }[] } };
}

/** The events that an undo took back. */
export async function eventUndone(cid: string): Promise<string[]> {
  const { metadata } = JSON.parse(await showEvent(cid)) as EventJson;
  return metadata.extra?.undoes?.map((link) => link["/"]) ?? [];
}

/** Makes work that was set aside again, as new gestures on what the documents are now. */
export const makeAgain = () => answered(commands.setAsideMakeAgain());
/** Leaves it. It is not offered again. */
export const leaveAside = () => answered(commands.setAsideLeave());

function readMessage(message: wire.SessionMessage): SessionMessage {
  switch (message.type) {
    case "events":
      return { ...message, rows: message.rows.map(readRow) };
    case "assets":
      return { ...message, assets: message.assets.map(readAsset) };
    default:
      return message;
  }
}

function readRow(row: wire.EventRow): EventRow {
  return { ...row, time: number(row.time) };
}
