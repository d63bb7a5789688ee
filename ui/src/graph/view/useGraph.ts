/** The document as a graph, brought up to date record by record. */

import { useRef } from "react";

import type { DocumentView } from "../../documents/document";
import type { Catalogue, GraphLanguage } from "../language";
import { layoutGraph } from "../layout/layout";
import { changeGraph, readGraph, type Graph } from "../model/graph";
import { isPlaced, type Point, type RecordData } from "../model/records";

/**
 * Nodes that were never laid out get a place to be seen at, the same until the canvas closes.
 */
export class GraphKeeper {
  #graph: Graph | undefined;
  #version = 0;
  #places: ReadonlyMap<string, Point> | undefined;

  update(language: GraphLanguage, { records }: DocumentView, shape: Catalogue["shapeOf"]): Graph {
    const before = this.#graph?.records === records ? this.#graph : undefined;
    const changed = before && records.changedSince(this.#version);
    this.#version = records.version;
    const nodes = records.all("nodes");
    if (!this.#places && needPlaces(nodes, changed ? (changed.get("nodes") ?? []) : nodes.keys()))
      this.#places = layoutGraph(language, records);
    const place = (id: string): Point | undefined => this.#places?.get(id);
    if (!before || !changed) return (this.#graph = readGraph(language, records, { shape, place }));
    // The vocabulary may have come meanwhile.
    before.parts.fallbacks = { shape, place };
    if (changed.size > 0) this.#graph = changeGraph(before, changed);
    return this.#graph ?? before;
  }
}

/** Whether one of these nodes was never laid out. */
function needPlaces(nodes: ReadonlyMap<string, RecordData>, ids: Iterable<string>): boolean {
  for (const id of ids) {
    const node = nodes.get(id);
    if (node && !isPlaced(node)) return true;
  }
  return false;
}

export function useGraphKeeper(): GraphKeeper {
  const keeper = useRef<GraphKeeper | null>(null);
  return (keeper.current ??= new GraphKeeper());
}
