/** What people show of what they are doing, complete and bounded however it was sent. */
import type * as wire from "./bindings";
import type { Person } from "./bindings";

/** A place in a document's own coordinates; in depth where it has any. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly z?: number;
}

/** What an editor shows of a document, by name: what it means, only that editor knows. It may come from any version. */
export type Shown = Readonly<Record<string, unknown>>;

/** What a person shows. It is never stored. */
export interface Presence {
  readonly document: string | null;
  readonly cursor: Place | null;
  readonly selection: readonly wire.Touched[];
  /** What their editor shows of it: what they see, what they drag. */
  readonly shown: Shown;
  /** The replica they follow. */
  readonly following: string | null;
}

/** What somebody shows who does nothing. */
export const NOTHING_SHOWN: Presence = {
  document: null,
  cursor: null,
  selection: [],
  shown: {},
  following: null,
};

/** Somebody else who has the session open: one person on two devices is two peers. */
export interface Peer {
  readonly replica: string;
  readonly person: Person;
  readonly presence: Presence;
}

export type PresenceMessage =
  { type: "joined"; peer: Peer } | { type: "moved"; peer: Peer } | { type: "left"; replica: string };

/**
 * How many selected records are shown, and how many that are dragged: more would crowd the screen, and the live channel takes
 * no more than 16 KiB at once.
 */
export const MOST_SHOWN = 64;

export function readPeer({ replica, person, presence }: wire.Peer): Peer {
  return {
    replica,
    person,
    presence: {
      document: presence.document ?? null,
      cursor: readPlace(presence.cursor),
      selection: (presence.selection ?? []).slice(0, MOST_SHOWN),
      shown: isObject(presence.shown) ? presence.shown : {},
      following: presence.following ?? null,
    },
  };
}

export function readMessage(message: wire.PresenceMessage): PresenceMessage {
  return message.type === "left" ? message : { type: message.type, peer: readPeer(message.peer) };
}

/** A place as it crossed: a number that is none, such as the outcome of a division by zero, arrives as null. */
function readPlace(place: wire.Place | null | undefined): Place | null {
  if (!place || !isNumber(place.x) || !isNumber(place.y)) return null;
  const { x, y, z } = place;
  return isNumber(z) ? { x, y, z } : { x, y };
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isObject(value: unknown): value is Shown {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
