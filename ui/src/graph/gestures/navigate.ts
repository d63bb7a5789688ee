/** Walking from node to node with the keyboard. */

import type { Graph, GraphNode } from "../model/graph";
import type { Point } from "../model/records";

export type Direction = "left" | "right" | "up" | "down";

const TOWARDS: Record<Direction, Point> = {
  left: { x: -1, y: 0 },
  right: { x: 1, y: 0 },
  up: { x: 0, y: -1 },
  down: { x: 0, y: 1 },
};

/** The next node that way: wired ones first, then the nearest; sideways distance counts double. */
export function nodeTowards(graph: Graph, from: string, direction: Direction): string | undefined {
  const start = graph.nodes.get(from);
  if (!start) return undefined;
  const wired = (graph.wiresByNode.get(from) ?? []).flatMap(({ from: source, to }) =>
    direction === "right" && source.node === from
      ? to.node
      : direction === "left" && to.node === from
        ? source.node
        : [],
  );
  const pool = wired.filter((id) => id !== from);
  return (
    nearest(graph, centre(start), direction, pool) ??
    nearest(graph, centre(start), direction, graph.nodes.keys())
  );
}

/** The node nearest to a place. */
export function nodeNearest(graph: Graph, at: Point): string | undefined {
  let best: string | undefined;
  let least = Infinity;
  for (const node of graph.nodes.values()) {
    const { x, y } = centre(node);
    const distance = Math.hypot(x - at.x, y - at.y);
    if (distance >= least) continue;
    least = distance;
    best = node.id;
  }
  return best;
}

function nearest(graph: Graph, at: Point, direction: Direction, ids: Iterable<string>): string | undefined {
  const towards = TOWARDS[direction];
  let best: string | undefined;
  let least = Infinity;
  for (const id of ids) {
    const node = graph.nodes.get(id);
    if (!node) continue;
    const { x, y } = centre(node);
    const ahead = (x - at.x) * towards.x + (y - at.y) * towards.y;
    const aside = Math.abs((x - at.x) * towards.y) + Math.abs((y - at.y) * towards.x);
    if (ahead <= 1) continue;
    const distance = ahead + 2 * aside;
    if (distance >= least) continue;
    least = distance;
    best = id;
  }
  return best;
}

function centre({ rect }: GraphNode): Point {
  return { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 };
}
