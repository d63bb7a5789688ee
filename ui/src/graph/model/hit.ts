/** What is under a point of the canvas. The same answer whether nodes are mounted or drawn as an overview. */

import type { PinAddress } from "../pins";
import { distanceTo } from "../wires/path";
import { PIN_REACH } from "./geometry";
import { pinPoint, segmentsOf, type Graph, type GraphNode } from "./graph";
import { contains, grow, holds, intersects, type Point, type Rect } from "./records";

export type Edge = "left" | "right" | "top" | "bottom";

export type Hit =
  | { kind: "pin"; pin: PinAddress }
  | { kind: "node"; id: string }
  | { kind: "wire-end"; id: string; end: "from" | "to" }
  | { kind: "route"; id: string; index: number }
  | { kind: "wire"; id: string; segment: number }
  | { kind: "comment"; id: string }
  | { kind: "comment-edge"; id: string; edges: Edge[] }
  | { kind: "canvas" };

/** The height of a comment's title, the part it is dragged by. */
export const COMMENT_TITLE = 28;

const WIRE_REACH = 6;
const END_REACH = 18;
const ROUTE_REACH = 8;
const EDGE_REACH = 6;

export interface HitOptions {
  /** Canvas pixels per screen pixel: reaches grow as the view shrinks. */
  scale: number;
  /** Whether pins can be hit; not in the overview, where they are too small to aim at. */
  pins: boolean;
  /** Nodes that are drawn above the others. */
  above: ReadonlySet<string>;
}

export function hitTest(graph: Graph, point: Point, { scale, pins, above }: HitOptions): Hit {
  const near = nodesNear(graph, point, above);
  if (pins) {
    const pin = pinAt(near, point, PIN_REACH);
    const covered = near.find((node) => holds(node.rect, point));
    if (pin && (!covered || covered.id === pin.node || distanceToPin(graph, pin, point) <= PIN_REACH / 2)) {
      return { kind: "pin", pin };
    }
  }
  const node = near.find((candidate) => holds(candidate.rect, point));
  if (node) return { kind: "node", id: node.id };
  return wireAt(graph, point, scale, pins) ?? commentAt(graph, point, scale) ?? { kind: "canvas" };
}

/** The pin nearest to the point, if one is within reach. */
export function pinNear(graph: Graph, point: Point, reach: number): PinAddress | undefined {
  const ids = graph.nodeIndex().query(grow({ ...point, width: 0, height: 0 }, reach));
  const nodes = [...ids].flatMap((id) => graph.nodes.get(id) ?? []);
  return pinAt(nodes, point, reach);
}

/** The topmost node that holds the point. */
export function nodeAt(graph: Graph, point: Point, above: ReadonlySet<string>): GraphNode | undefined {
  return nodesNear(graph, point, above).find((node) => holds(node.rect, point));
}

/** What a marquee takes: nodes it touches, wires' ends aside, and comments it holds whole. */
export function inMarquee(graph: Graph, area: Rect): { nodes: string[]; comments: string[] } {
  const nodes = [...graph.nodeIndex().query(area)].filter((id) => {
    const node = graph.nodes.get(id);
    return node !== undefined && intersects(node.rect, area);
  });
  const comments = [...graph.comments.values()]
    .filter(({ rect }) => contains(area, rect))
    .map(({ id }) => id);
  return { nodes, comments };
}

function nodesNear(graph: Graph, point: Point, above: ReadonlySet<string>): GraphNode[] {
  const ids = graph.nodeIndex().query(grow({ ...point, width: 0, height: 0 }, PIN_REACH));
  // Later records are drawn over earlier ones, raised ones over all.
  const nodes = [...ids].flatMap((id) => graph.nodes.get(id) ?? []).reverse();
  return nodes.sort((a, b) => Number(above.has(b.id)) - Number(above.has(a.id)));
}

function pinAt(nodes: readonly GraphNode[], point: Point, reach: number): PinAddress | undefined {
  let best: PinAddress | undefined;
  let nearest = reach;
  for (const node of nodes) {
    for (const pin of node.geometry.pins) {
      const distance = Math.hypot(node.position.x + pin.at.x - point.x, node.position.y + pin.at.y - point.y);
      if (distance > nearest || (distance === nearest && best)) continue;
      nearest = distance;
      best = { node: node.id, side: pin.side, kind: pin.kind, socket: pin.socket.id };
    }
  }
  return best;
}

function distanceToPin(graph: Graph, pin: PinAddress, point: Point): number {
  const at = pinPoint(graph, pin);
  return at ? Math.hypot(at.x - point.x, at.y - point.y) : Infinity;
}

function wireAt(graph: Graph, point: Point, scale: number, ends: boolean): Hit | undefined {
  const reach = WIRE_REACH * scale;
  let nearest: Hit | undefined;
  let best = reach;
  for (const id of graph.wireIndex().query(grow({ ...point, width: 0, height: 0 }, END_REACH))) {
    const wire = graph.wires.get(id);
    const segments = wire && segmentsOf(graph, wire);
    const start = segments?.[0]?.from;
    const stop = segments?.at(-1)?.to;
    if (!wire || !segments || !start || !stop) continue;
    const index = wire.route.findIndex(
      (at) => Math.hypot(at.x - point.x, at.y - point.y) <= ROUTE_REACH * scale,
    );
    if (index >= 0) return { kind: "route", id, index };
    const { distance, segment } = distanceTo(segments, point);
    if (distance > best) continue;
    best = distance;
    nearest = { kind: "wire", id, segment };
    if (!ends) continue;
    const toStart = Math.hypot(start.x - point.x, start.y - point.y);
    const toStop = Math.hypot(stop.x - point.x, stop.y - point.y);
    if (Math.min(toStart, toStop) <= END_REACH) {
      nearest = { kind: "wire-end", id, end: toStart < toStop ? "from" : "to" };
    }
  }
  return nearest;
}

function commentAt(graph: Graph, point: Point, scale: number): Hit | undefined {
  const reach = EDGE_REACH * scale;
  // The smallest frame under the point is the one meant: frames stand in frames.
  const under = [...graph.comments.values()]
    .filter(({ rect }) => holds(grow(rect, reach), point))
    .sort((a, b) => a.rect.width * a.rect.height - b.rect.width * b.rect.height);
  for (const { id, rect } of under) {
    const edges: Edge[] = [];
    if (Math.abs(point.x - rect.x) <= reach) edges.push("left");
    else if (Math.abs(point.x - rect.x - rect.width) <= reach) edges.push("right");
    if (Math.abs(point.y - rect.y) <= reach) edges.push("top");
    else if (Math.abs(point.y - rect.y - rect.height) <= reach) edges.push("bottom");
    if (edges.length > 0) return { kind: "comment-edge", id, edges };
    if (point.y <= rect.y + Math.max(COMMENT_TITLE, 16 * scale)) return { kind: "comment", id };
  }
  return undefined;
}
