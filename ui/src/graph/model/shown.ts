/** What people show each other of a graph: what part of it they see, and what they drag. */

import { MOST_SHOWN } from "../../ipc/presence";
import type { Shown } from "../../ipc/types";
import { isMap, type Point, type Rect, type Size } from "./records";

/** Something that is being dragged or resized and not let go yet. */
export interface Ghost {
  readonly collection: string;
  readonly id: string;
  readonly place: Point;
  /** How large it is now, while it is being resized. */
  readonly size?: Size;
}

/** What an editor of a graph shows, as it is sent. */
interface GraphShown {
  readonly seen?: Rect | null;
  readonly ghosts?: readonly Ghost[];
}

/** Of much only the beginning. */
export function graphShown({ ghosts, ...shown }: GraphShown): Shown {
  return { ...shown, ...(ghosts && { ghosts: ghosts.slice(0, MOST_SHOWN) }) };
}

/** What part of the graph somebody sees, in canvas coordinates; nothing where they say nothing that makes sense. */
export function seenIn({ seen }: Shown): Rect | undefined {
  const place = readPoint(seen);
  const size = readSize(seen);
  return place && size && { ...place, ...size };
}

/** What somebody drags, as far as it makes sense. */
export function ghostsIn(ghosts: unknown): Ghost[] {
  if (!Array.isArray(ghosts)) return [];
  return ghosts.slice(0, MOST_SHOWN).flatMap((ghost: unknown): Ghost[] => {
    if (!isMap(ghost)) return [];
    const { collection, id } = ghost;
    const place = readPoint(ghost["place"]);
    if (typeof collection !== "string" || typeof id !== "string" || !place) return [];
    const size = readSize(ghost["size"]);
    return [{ collection, id, place, ...(size && { size }) }];
  });
}

function readPoint(value: unknown): Point | undefined {
  if (!isMap(value) || !isNumber(value["x"]) || !isNumber(value["y"])) return undefined;
  return { x: value["x"], y: value["y"] };
}

function readSize(value: unknown): Size | undefined {
  if (!isMap(value) || !isNumber(value["width"]) || !isNumber(value["height"])) return undefined;
  const size = { width: value["width"], height: value["height"] };
  return size.width > 0 && size.height > 0 ? size : undefined;
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
