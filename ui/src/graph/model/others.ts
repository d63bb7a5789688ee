/** Where on the canvas the others' selections and ghosts stand. */

import type { Touched } from "../../ipc/types";
import { pathOf, wireBounds } from "../wires/path";
import { segmentsOf, titleOf, type Graph } from "./graph";
import { intersects, textOf, type Point, type Rect } from "./records";
import type { Ghost } from "./shown";

/** A selected node or comment. */
export interface Outline {
  key: string;
  rect: Rect;
  /** How many others have selected it before: their outlines lie around it. */
  rank: number;
}

export interface OtherSelection {
  outlines: readonly Outline[];
  /** The paths of selected wires. */
  wires: readonly { key: string; path: string }[];
  /** The outline that bears the person's name: the topmost one. */
  named: Outline | undefined;
}

/** How far something is shown from where it stands, because this person drags it. */
export type ShiftOf = (collection: string, id: string) => Point;

interface Around {
  /** What lies outside is left out. */
  area: Rect;
  rankOf: (ref: Touched) => number;
  shiftOf: ShiftOf;
}

/** What somebody has selected, as far as it exists here and is near. */
export function otherSelection(
  graph: Graph,
  selection: readonly Touched[],
  { area, rankOf, shiftOf }: Around,
): OtherSelection {
  const outlines: Outline[] = [];
  const wires: { key: string; path: string }[] = [];
  for (const ref of selection) {
    const { collection, id } = ref;
    const wire = collection === "wires" ? graph.wires.get(id) : undefined;
    const segments = wire && segmentsOf(graph, wire);
    if (segments && intersects(wireBounds(segments), area)) wires.push({ key: id, path: pathOf(segments) });
    const rect = rectOf(graph, collection, id);
    if (!rect) continue;
    const by = shiftOf(collection, id);
    const shown = { ...rect, x: rect.x + by.x, y: rect.y + by.y };
    if (intersects(shown, area))
      outlines.push({ key: `${collection} ${id}`, rect: shown, rank: rankOf(ref) });
  }
  const named = outlines.reduce<Outline | undefined>(
    (first, outline) => (first && isBefore(first.rect, outline.rect) ? first : outline),
    undefined,
  );
  return { outlines, wires, named };
}

/** Something that somebody drags or resizes, as it is on their screen. */
export interface GhostBox {
  key: string;
  rect: Rect;
  title: string;
}

/** The ghosts of records that exist here. */
export function ghostBoxes(graph: Graph, ghosts: readonly Ghost[]): GhostBox[] {
  return ghosts.flatMap(({ collection, id, place, size }) => {
    const rect = rectOf(graph, collection, id);
    if (!rect) return [];
    const node = collection === "nodes" ? graph.nodes.get(id) : undefined;
    const comment = graph.comments.get(id);
    const title = node ? titleOf(node) : comment ? textOf(comment.record, "text") : "";
    return [{ key: `${collection} ${id}`, rect: { ...rect, ...place, ...size }, title }];
  });
}

function rectOf(graph: Graph, collection: string, id: string): Rect | undefined {
  if (collection === "nodes") return graph.nodes.get(id)?.rect;
  return collection === "comments" ? graph.comments.get(id)?.rect : undefined;
}

function isBefore(a: Rect, b: Rect): boolean {
  return a.y < b.y || (a.y === b.y && a.x <= b.x);
}
