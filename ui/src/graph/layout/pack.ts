/** Puts laid-out parts beside and below each other, in rows, about as wide as a screen is to its height. */

import { boundsOf, type Point, type Rect, type Size } from "../model/records";
import { snap } from "../model/snap";

export interface LaidOut {
  places: ReadonlyMap<string, Point>;
  sizes: ReadonlyMap<string, Size>;
}

const GAP = 80;
const ASPECT = 1.6;

/** The places of all parts together, on the grid, around the origin's lower right. */
export function pack(parts: readonly LaidOut[]): Map<string, Point> {
  const framed = parts.flatMap((part) => {
    const bounds = boundsOf(rects(part));
    return bounds ? [{ part, bounds }] : [];
  });
  const area = framed.reduce((sum, { bounds }) => sum + (bounds.width + GAP) * (bounds.height + GAP), 0);
  const width = Math.max(Math.sqrt(area * ASPECT), ...framed.map(({ bounds }) => bounds.width));
  const places = new Map<string, Point>();
  let x = 0;
  let y = 0;
  let height = 0;
  for (const { part, bounds } of framed) {
    if (x > 0 && x + bounds.width > width) {
      x = 0;
      y += height + GAP;
      height = 0;
    }
    for (const [id, place] of part.places) {
      places.set(id, snap({ x: place.x - bounds.x + x, y: place.y - bounds.y + y }));
    }
    x += bounds.width + GAP;
    height = Math.max(height, bounds.height);
  }
  return places;
}

function rects({ places, sizes }: LaidOut): Rect[] {
  return [...places].map(([id, place]) => ({ ...place, ...(sizes.get(id) ?? { width: 0, height: 0 }) }));
}
