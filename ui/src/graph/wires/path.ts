/** The curve of a wire: cubic segments from an output, through the points it is routed through, to an input. */

import { boundsOf, type Point, type Rect } from "../model/records";

export interface Segment {
  from: Point;
  out: Point;
  into: Point;
  to: Point;
}

const LEAST_BEND = 24;
const STEPS = 16;

export function wireSegments(from: Point, to: Point, route: readonly Point[] = []): Segment[] {
  const points = [from, ...route, to];
  const last = points.length - 1;
  // Ends leave and arrive level; a route point is passed along the line between its neighbours.
  const tangent = (index: number): Point => {
    const before = points[index - 1];
    const after = points[index + 1];
    if (!before || !after) return { x: 1, y: 0 };
    const x = after.x - before.x;
    const y = after.y - before.y;
    const length = Math.hypot(x, y) || 1;
    return { x: x / length, y: y / length };
  };
  const segments: Segment[] = [];
  for (let index = 0; index < last; index++) {
    const a = points[index] ?? from;
    const b = points[index + 1] ?? to;
    const bend =
      index === 0 || index === last - 1 ? bendOf(a, b, last === 1) : Math.hypot(b.x - a.x, b.y - a.y) / 3;
    const leaving = tangent(index);
    const arriving = tangent(index + 1);
    segments.push({
      from: a,
      out: { x: a.x + leaving.x * bend, y: a.y + leaving.y * bend },
      into: { x: b.x - arriving.x * bend, y: b.y - arriving.y * bend },
      to: b,
    });
  }
  return segments;
}

/** The `d` of an SVG path. */
export function pathOf(segments: readonly Segment[]): string {
  const first = segments[0];
  if (!first) return "";
  const curves = segments.map(
    ({ out, into, to }) =>
      `C${round(out.x)} ${round(out.y)} ${round(into.x)} ${round(into.y)} ${round(to.x)} ${round(to.y)}`,
  );
  return `M${round(first.from.x)} ${round(first.from.y)}${curves.join("")}`;
}

/** A rectangle that surely holds the curve: a cubic stays within its control points. */
export function wireBounds(segments: readonly Segment[]): Rect {
  const points = segments.flatMap(({ from, out, into, to }) => [from, out, into, to]);
  return (
    boundsOf(points.map(({ x, y }) => ({ x, y, width: 0, height: 0 }))) ?? { x: 0, y: 0, width: 0, height: 0 }
  );
}

/** How far the point is from the curve, and on which segment the nearest place lies. */
export function distanceTo(
  segments: readonly Segment[],
  point: Point,
): { distance: number; segment: number } {
  let nearest = { distance: Infinity, segment: 0 };
  segments.forEach((segment, index) => {
    let before = segment.from;
    for (let step = 1; step <= STEPS; step++) {
      const after = pointAt(segment, step / STEPS);
      const distance = distanceToLine(before, after, point);
      if (distance < nearest.distance) nearest = { distance, segment: index };
      before = after;
    }
  });
  return nearest;
}

export function pointAt({ from, out, into, to }: Segment, t: number): Point {
  const u = 1 - t;
  const a = u * u * u;
  const b = 3 * u * u * t;
  const c = 3 * u * t * t;
  const d = t * t * t;
  return {
    x: a * from.x + b * out.x + c * into.x + d * to.x,
    y: a * from.y + b * out.y + c * into.y + d * to.y,
  };
}

function bendOf(a: Point, b: Point, direct: boolean): number {
  const ahead = b.x - a.x;
  const away = Math.hypot(ahead, b.y - a.y);
  if (!direct) return Math.max(away / 3, 8);
  // A wire that runs backwards swings out, the more the farther it must go.
  const bend = ahead >= 0 ? ahead / 2 : LEAST_BEND + Math.sqrt(-ahead) * 7;
  return Math.max(bend, Math.min(LEAST_BEND, away / 2));
}

function distanceToLine(a: Point, b: Point, point: Point): number {
  const x = b.x - a.x;
  const y = b.y - a.y;
  const length = x * x + y * y;
  const t = length === 0 ? 0 : Math.min(Math.max(((point.x - a.x) * x + (point.y - a.y) * y) / length, 0), 1);
  return Math.hypot(point.x - (a.x + x * t), point.y - (a.y + y * t));
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}
