/** What people show of what they are doing, complete and bounded however it was sent. */
import type * as wire from "./bindings";
import type { Person } from "./bindings";

/** A place in a document's own coordinates. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** The part of a document that somebody sees, in its own coordinates. */
export type Seen = Place & Size;

/** An extent in a document's own coordinates. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Something that is being dragged or resized and not let go yet. */
export interface Ghost {
  readonly collection: string;
  readonly id: string;
  readonly place: Place;
  /** How large it is now, while it is being resized. */
  readonly size?: Size;
}

/** What a person shows. It is never stored. */
export interface Presence {
  readonly document: string | null;
  readonly cursor: Place | null;
  readonly selection: readonly wire.Touched[];
  readonly viewport: Seen | null;
  readonly ghosts: readonly Ghost[];
  /** In seconds. */
  readonly playhead: number | null;
  /** The replica they follow. */
  readonly following: string | null;
}

/** What somebody shows who does nothing. */
export const NOTHING_SHOWN: Presence = {
  document: null,
  cursor: null,
  selection: [],
  viewport: null,
  ghosts: [],
  playhead: null,
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
 * How many selected records and how many ghosts are shown: more would crowd the screen, and the live channel takes no
 * more than 16 KiB at once.
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
      viewport: readSeen(presence.viewport),
      ghosts: (presence.ghosts ?? []).slice(0, MOST_SHOWN).flatMap(readGhost),
      playhead: presence.playhead ?? null,
      following: presence.following ?? null,
    },
  };
}

export function readMessage(message: wire.PresenceMessage): PresenceMessage {
  return message.type === "left" ? message : { type: message.type, peer: readPeer(message.peer) };
}

/** A number that is none, such as the outcome of a division by zero, arrives as null. */
function readPlace(place: wire.Place | null | undefined): Place | null {
  if (!place || !isNumber(place.x) || !isNumber(place.y)) return null;
  return { x: place.x, y: place.y };
}

function readSize(size: wire.Size | null | undefined): Size | null {
  if (!size || !isNumber(size.width) || !isNumber(size.height)) return null;
  return size.width > 0 && size.height > 0 ? { width: size.width, height: size.height } : null;
}

function readSeen(seen: wire.Viewport | null | undefined): Seen | null {
  const corner = readPlace(seen);
  const size = readSize(seen);
  return corner && size ? { ...corner, ...size } : null;
}

function readGhost({ collection, id, place, size }: wire.Ghost): Ghost[] {
  const read = readPlace(place);
  if (!read) return [];
  const extent = readSize(size);
  return [{ collection, id, place: read, ...(extent && { size: extent }) }];
}

function isNumber(value: number | null): value is number {
  return value !== null && Number.isFinite(value);
}
