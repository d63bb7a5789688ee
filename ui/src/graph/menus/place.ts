/** Where a box opens that belongs to a point. */

import type { Point, Size } from "../model/records";

export interface Placed {
  left: number;
  /** From the top; where it opens upward, from the bottom instead, so that it stays at the point while it shrinks. */
  top?: number;
  bottom?: number;
  width: number;
  maxHeight: number;
}

/** The least height that is of use. */
const LEAST = 200;
export const MARGIN = 8;

/**
 * Places a box in a room so that the point is at one of its corners: below and to the right of it where there is space,
 * else on the side that has more. In a room too small for that, it stands as near as it can.
 */
export function placedAt(point: Point, room: Size, wanted: Size): Placed {
  const below = room.height - MARGIN - point.y;
  const above = point.y - MARGIN;
  const down = below >= wanted.height || below >= above;
  const space = Math.max(down ? below : above, Math.min(LEAST, room.height - 2 * MARGIN));
  const maxHeight = Math.min(wanted.height, space);
  const fitsRight = point.x + wanted.width <= room.width - MARGIN;
  const left = fitsRight || point.x - wanted.width < MARGIN ? point.x : point.x - wanted.width;
  return {
    left: within(left, room.width - wanted.width),
    ...(down
      ? { top: within(point.y, room.height - maxHeight) }
      : { bottom: within(room.height - point.y, room.height - maxHeight) }),
    width: wanted.width,
    maxHeight,
  };
}

function within(start: number, most: number): number {
  return Math.max(Math.min(start, most - MARGIN), MARGIN);
}
