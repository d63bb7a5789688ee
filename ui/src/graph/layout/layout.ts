/**
 * Automatic layout, left to right along the flow, data nodes left of what they feed. Connected parts are laid out for
 * themselves and packed: small ones by dagre, large ones by our own layers, because dagre needs minutes for thousands
 * of nodes. Runs without a page, on import for one.
 */

import { Graph as DagreGraph, layout as dagreLayout } from "@dagrejs/dagre";

import type { DocumentRecords } from "../../documents/records";
import type { GraphLanguage } from "../language";
import type { Point, Size } from "../model/records";
import { readGraph, type Graph } from "../model/graph";
import { COLUMN_GAP, layers, ROW_GAP, type Arc } from "./layers";
import { pack } from "./pack";

const MOST_FOR_DAGRE = 120;

/** New places for all nodes. */
export function layoutGraph(language: GraphLanguage, records: DocumentRecords): Map<string, Point> {
  const graph = readGraph(language, records);
  return layoutNodes(graph, new Set(graph.nodes.keys()));
}

/** New places for some nodes of a graph, around the origin. */
export function layoutNodes(graph: Graph, selected: ReadonlySet<string>): Map<string, Point> {
  const sizes = new Map<string, Size>();
  for (const id of selected) {
    const node = graph.nodes.get(id);
    if (node) sizes.set(id, node.geometry);
  }
  const arcs: Arc[] = [];
  for (const wire of graph.wires.values()) {
    const { node: from } = wire.from;
    const { node: to } = wire.to;
    if (from !== to && sizes.has(from) && sizes.has(to)) arcs.push({ from, to, flow: wire.kind === "flow" });
  }
  const parts = components([...sizes.keys()], arcs).map((part) => {
    const places =
      part.nodes.length <= MOST_FOR_DAGRE
        ? byDagre(part.nodes, part.arcs, sizes)
        : layers(part.nodes, part.arcs, sizes);
    return { places, sizes };
  });
  return pack(parts);
}

interface Part {
  nodes: string[];
  arcs: Arc[];
}

/** The connected parts, largest first. */
export function components(nodes: readonly string[], arcs: readonly Arc[]): Part[] {
  const parents = new Map(nodes.map((node) => [node, node]));
  const root = (node: string): string => {
    let at = node;
    for (let up = parents.get(at); up !== undefined && up !== at; up = parents.get(at)) {
      parents.set(at, parents.get(up) ?? up);
      at = up;
    }
    return at;
  };
  for (const { from, to } of arcs) parents.set(root(from), root(to));
  const parts = new Map<string, Part>();
  for (const node of nodes) {
    const part = parts.get(root(node));
    if (part) part.nodes.push(node);
    else parts.set(root(node), { nodes: [node], arcs: [] });
  }
  for (const arc of arcs) parts.get(root(arc.from))?.arcs.push(arc);
  return [...parts.values()].sort((a, b) => b.nodes.length - a.nodes.length);
}

function byDagre(
  nodes: readonly string[],
  arcs: readonly Arc[],
  sizes: ReadonlyMap<string, Size>,
): Map<string, Point> {
  if (nodes.length === 1) return new Map(nodes.map((id) => [id, { x: 0, y: 0 }]));
  const graph = new DagreGraph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: ROW_GAP, ranksep: COLUMN_GAP, edgesep: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of nodes) {
    const { width, height } = sizes.get(id) ?? { width: 0, height: 0 };
    graph.setNode(id, { width, height });
  }
  arcs.forEach(({ from, to, flow }, index) => {
    graph.setEdge(from, to, { weight: flow ? 4 : 1, minlen: 1 }, String(index));
  });
  dagreLayout(graph);
  return new Map(
    nodes.map((id) => {
      const { x = 0, y = 0 } = graph.node(id) as Partial<Point>;
      const { width, height } = sizes.get(id) ?? { width: 0, height: 0 };
      return [id, { x: x - width / 2, y: y - height / 2 }];
    }),
  );
}
