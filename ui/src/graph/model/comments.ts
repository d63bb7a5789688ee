/** Comment frames: what stands in one, the frame around a selection, resizing. */

import { COMMENT_TITLE, type Edge } from "./hit";
import type { Graph } from "./graph";
import { boundsOf, contains, type Point, type Rect } from "./records";

export const COMMENT_COLORS = [
  { name: "Yellow", color: "#f2c14e" },
  { name: "Red", color: "#e5605e" },
  { name: "Green", color: "#4cc38a" },
  { name: "Blue", color: "#5b9dff" },
  { name: "Violet", color: "#b58bff" },
] as const;

const MARGIN = 20;
const LEAST = 64;

/** What a frame carries when it is moved: the nodes and frames that stand wholly in it. */
export function carriedBy(
  graph: Graph,
  comments: Iterable<string>,
): { nodes: Set<string>; comments: Set<string> } {
  const carried = { nodes: new Set<string>(), comments: new Set<string>() };
  for (const id of comments) {
    const frame = graph.comments.get(id);
    if (!frame) continue;
    for (const node of graph.nodeIndex().query(frame.rect)) {
      const rect = graph.nodes.get(node)?.rect;
      if (rect && contains(frame.rect, rect)) carried.nodes.add(node);
    }
    for (const other of graph.comments.values()) {
      if (other.id !== id && contains(frame.rect, other.rect) && !contains(other.rect, frame.rect)) {
        carried.comments.add(other.id);
      }
    }
  }
  return carried;
}

/** The frame around these, with room for its title; none around nothing. */
export function frameAround(rects: Iterable<Rect>): Rect | undefined {
  const bounds = boundsOf(rects);
  return (
    bounds && {
      x: bounds.x - MARGIN,
      y: bounds.y - MARGIN - COMMENT_TITLE,
      width: bounds.width + 2 * MARGIN,
      height: bounds.height + 2 * MARGIN + COMMENT_TITLE,
    }
  );
}

/** The frame after the given edges were dragged by so much. */
export function resized(rect: Rect, edges: readonly Edge[], by: Point): Rect {
  let { x, y, width, height } = rect;
  if (edges.includes("right")) width = Math.max(width + by.x, LEAST);
  if (edges.includes("bottom")) height = Math.max(height + by.y, LEAST);
  if (edges.includes("left")) {
    const moved = Math.min(by.x, width - LEAST);
    x += moved;
    width -= moved;
  }
  if (edges.includes("top")) {
    const moved = Math.min(by.y, height - LEAST);
    y += moved;
    height -= moved;
  }
  return { x, y, width, height };
}
