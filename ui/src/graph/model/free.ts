/** Room for a new node. */

import type { Graph } from "./graph";
import { grow, rectOf, type Point, type Size } from "./records";
import { GRID, snap } from "./snap";

/** How far from others it stands. */
const APART = 12;
const STEP = 6 * GRID;
/** Beyond this many steps it may as well stand where it was wanted. */
const FARTHEST = 80;

/** The place on the grid, nearest to the wanted one, where a node of that size meets no other; below before above. */
export function freePlace(graph: Graph, wanted: Point, size: Size): Point {
  const index = graph.nodeIndex();
  const isFree = (at: Point): boolean => index.query(grow(rectOf(at, size), APART)).size === 0;
  const start = snap(wanted);
  if (isFree(start)) return start;
  for (let ring = 1; ring <= FARTHEST; ring += 1) {
    const place = nearestFirst(ring)
      .map(({ x, y }) => ({ x: start.x + x * STEP, y: start.y + y * STEP }))
      .find(isFree);
    if (place) return place;
  }
  return start;
}

/** The steps of a ring around a place, nearest first. */
function nearestFirst(ring: number): Point[] {
  const steps: Point[] = [];
  for (let along = -ring; along <= ring; along += 1) {
    steps.push({ x: along, y: ring }, { x: ring, y: along }, { x: along, y: -ring }, { x: -ring, y: along });
  }
  return steps.sort((a, b) => Math.hypot(a.x, a.y) - Math.hypot(b.x, b.y) || b.y - a.y || b.x - a.x);
}
