/** Gestures that move many things by a rule: align, straighten, automatic layout. */

import { align, straighten, type Alignment } from "../model/align";
import { carriedBy, frameAround } from "../model/comments";
import { findPin } from "../model/geometry";
import type { Graph } from "../model/graph";
import { boundsOf, type Change, type Gesture, type Point, type Rect } from "../model/records";
import { snap } from "../model/snap";
import { layoutNodes } from "../layout/layout";
import { moveRecords, type Picked } from "./changes";

type Movable = Pick<Picked, "nodes" | "comments">;

/** Lines up the selection; a frame goes with what stands in it, as one thing. */
export function alignPicked(graph: Graph, picked: Movable, alignment: Alignment): Gesture | undefined {
  const carried = carriedBy(graph, picked.comments);
  const rects = new Map<string, Rect>();
  for (const id of picked.nodes) {
    const rect = graph.nodes.get(id)?.rect;
    if (rect && !carried.nodes.has(id)) rects.set(id, rect);
  }
  for (const id of picked.comments) {
    const rect = graph.comments.get(id)?.rect;
    if (rect && !carried.comments.has(id)) rects.set(id, rect);
  }
  const nodes = new Map<string, Point>();
  const comments = new Map<string, Point>();
  for (const [id, place] of align(rects, alignment)) {
    const frame = graph.comments.get(id);
    if (!frame) {
      nodes.set(id, place);
      continue;
    }
    comments.set(id, place);
    const by = { x: place.x - frame.rect.x, y: place.y - frame.rect.y };
    const inside = carriedBy(graph, [id]);
    for (const node of inside.nodes) shift(nodes, node, graph.nodes.get(node)?.position, by);
    for (const comment of inside.comments) shift(comments, comment, graph.comments.get(comment)?.rect, by);
  }
  return moveRecords(graph, nodes, comments, "node.move");
}

export function straightenPicked(graph: Graph, nodes: ReadonlySet<string>): Gesture | undefined {
  const rects = new Map(
    [...nodes].flatMap((id) => {
      const rect = graph.nodes.get(id)?.rect;
      return rect ? [[id, rect] as const] : [];
    }),
  );
  const links = [...nodes].flatMap((id) =>
    (graph.wiresByNode.get(id) ?? [])
      .filter(({ from, to }) => from.node === id && nodes.has(to.node))
      // Flow first: it is what people read along.
      .sort((a, b) => Number(b.kind === "flow") - Number(a.kind === "flow"))
      .flatMap(({ from, to }) => {
        const start = graph.nodes.get(from.node);
        const end = graph.nodes.get(to.node);
        const fromY = start && findPin(start.geometry, from)?.at.y;
        const toY = end && findPin(end.geometry, to)?.at.y;
        return fromY === undefined || toY === undefined ? [] : [{ from: from.node, to: to.node, fromY, toY }];
      }),
  );
  return moveRecords(graph, straighten(rects, links), new Map(), "node.move");
}

/** Lays out the given nodes where they stand; frames are drawn anew around what stood in them. */
export function layoutPicked(graph: Graph, picked: ReadonlySet<string>): Gesture | undefined {
  const places = layoutNodes(graph, picked);
  const before = boundsOf([...picked].flatMap((id) => graph.nodes.get(id)?.rect ?? []));
  if (!before) return undefined;
  const corner = snap(before);
  const moved = new Map([...places].map(([id, { x, y }]) => [id, { x: x + corner.x, y: y + corner.y }]));
  const gesture = moveRecords(graph, moved, new Map(), "graph.layout");
  if (!gesture) return undefined;
  const unrouted = gesture.changes.filter(({ collection }) => collection !== "wires");
  return {
    type: "graph.layout",
    changes: [...unrouted, ...straightWires(graph, picked), ...frames(graph, moved)],
  };
}

/** Points that wires were routed through mean nothing after a layout. */
function straightWires(graph: Graph, picked: ReadonlySet<string>): Change[] {
  return [...graph.wires.values()]
    .filter(({ from, to, route }) => route.length > 0 && picked.has(from.node) && picked.has(to.node))
    .map(({ id }) => ({ collection: "wires", id, set: { route: null } }));
}

function frames(graph: Graph, moved: ReadonlyMap<string, Point>): Change[] {
  return [...graph.comments.values()].flatMap(({ id }): Change[] => {
    const inside = [...carriedBy(graph, [id]).nodes];
    if (!inside.some((node) => moved.has(node))) return [];
    const rect = frameAround(
      inside.flatMap((node) => {
        const at = graph.nodes.get(node)?.rect;
        return at ? [{ ...at, ...moved.get(node) }] : [];
      }),
    );
    if (!rect) return [];
    const { x, y, width, height } = rect;
    return [{ collection: "comments", id, set: { position: { x, y }, size: { width, height } } }];
  });
}

function shift(into: Map<string, Point>, id: string, from: Point | undefined, by: Point): void {
  if (from) into.set(id, { x: from.x + by.x, y: from.y + by.y });
}
