/** Lining up: where each rectangle goes. Frames count as one thing with the nodes they carry; callers see to that. */

import { boundsOf, type Point, type Rect } from "./records";

export type Alignment =
  "left" | "centre-x" | "right" | "top" | "centre-y" | "bottom" | "distribute-x" | "distribute-y";

export const ALIGNMENTS: readonly { id: Alignment; title: string; least: number }[] = [
  { id: "left", title: "Align left edges", least: 2 },
  { id: "centre-x", title: "Align centres in a column", least: 2 },
  { id: "right", title: "Align right edges", least: 2 },
  { id: "top", title: "Align top edges", least: 2 },
  { id: "centre-y", title: "Align middles in a row", least: 2 },
  { id: "bottom", title: "Align bottom edges", least: 2 },
  { id: "distribute-x", title: "Distribute across", least: 3 },
  { id: "distribute-y", title: "Distribute down", least: 3 },
];

/** New places of those rectangles that must move. */
export function align(rects: ReadonlyMap<string, Rect>, alignment: Alignment): Map<string, Point> {
  const bounds = boundsOf(rects.values());
  if (!bounds || rects.size < 2) return new Map();
  if (alignment === "distribute-x") return moved(rects, distribute(rects, bounds, "x", "width"));
  if (alignment === "distribute-y") return moved(rects, distribute(rects, bounds, "y", "height"));
  return moved(rects, new Map([...rects].map(([id, rect]) => [id, placed(rect, bounds, alignment)])));
}

/** The wires of a selection, as the two rectangles and the heights of the pins they join. */
export interface Link {
  from: string;
  to: string;
  fromY: number;
  toY: number;
}

/**
 * Makes wires run level: each node is moved up or down so that the first wire that enters it, in order from the left,
 * is straight. `fromY` and `toY` are the pins' heights within their nodes.
 */
export function straighten(rects: ReadonlyMap<string, Rect>, links: readonly Link[]): Map<string, Point> {
  const places = new Map<string, Point>([...rects].map(([id, { x, y }]) => [id, { x, y }]));
  const settled = new Set<string>();
  const byLeft = [...links].sort((a, b) => (places.get(a.from)?.x ?? 0) - (places.get(b.from)?.x ?? 0));
  for (const link of byLeft) {
    const from = places.get(link.from);
    const to = places.get(link.to);
    if (!from || !to || link.from === link.to || settled.has(link.to)) continue;
    settled.add(link.from);
    settled.add(link.to);
    places.set(link.to, { x: to.x, y: from.y + link.fromY - link.toY });
  }
  return moved(rects, places);
}

function placed(rect: Rect, bounds: Rect, alignment: Alignment): Point {
  switch (alignment) {
    case "left":
      return { x: bounds.x, y: rect.y };
    case "right":
      return { x: bounds.x + bounds.width - rect.width, y: rect.y };
    case "centre-x":
      return { x: Math.round(bounds.x + (bounds.width - rect.width) / 2), y: rect.y };
    case "top":
      return { x: rect.x, y: bounds.y };
    case "bottom":
      return { x: rect.x, y: bounds.y + bounds.height - rect.height };
    case "centre-y":
      return { x: rect.x, y: Math.round(bounds.y + (bounds.height - rect.height) / 2) };
    default:
      return { x: rect.x, y: rect.y };
  }
}

/** Equal gaps between neighbours; the outermost stay. */
function distribute(
  rects: ReadonlyMap<string, Rect>,
  bounds: Rect,
  axis: "x" | "y",
  extent: "width" | "height",
): Map<string, Point> {
  const ordered = [...rects].sort(([, a], [, b]) => a[axis] + a[extent] / 2 - b[axis] - b[extent] / 2);
  const taken = ordered.reduce((sum, [, rect]) => sum + rect[extent], 0);
  const gap = (bounds[extent] - taken) / Math.max(ordered.length - 1, 1);
  let at = bounds[axis];
  return new Map(
    ordered.map(([id, rect]) => {
      const place = { x: rect.x, y: rect.y, [axis]: Math.round(at) };
      at += rect[extent] + gap;
      return [id, place];
    }),
  );
}

function moved(rects: ReadonlyMap<string, Rect>, places: ReadonlyMap<string, Point>): Map<string, Point> {
  return new Map(
    [...places].filter(([id, place]) => {
      const rect = rects.get(id);
      return rect !== undefined && (rect.x !== place.x || rect.y !== place.y);
    }),
  );
}
