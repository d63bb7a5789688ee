/** The document as a graph, brought up to date part by part. */

import { useRef } from "react";

import type { DocumentView } from "../../../documents/document";
import type { NodeShape } from "../../../ipc/types";
import { updateGraph, type Graph } from "../graph/graph";
import { isPlaced, noRecords, type Collections, type Point, type RecordData } from "../graph/records";
import { layoutGraph } from "../layout/layout";

type Provisional = (record: RecordData) => NodeShape | undefined;

/**
 * Nodes that were never laid out get a place to be seen at, the same until the canvas closes.
 */
export class GraphKeeper {
  #graph: Graph | undefined;
  #places: ReadonlyMap<string, Point> | undefined;

  update(view: DocumentView, shape: Provisional): Graph {
    const { nodes = noRecords, wires = noRecords, comments = noRecords } = view.collections;
    const { variables = noRecords, events = noRecords } = view.collections;
    const collections: Collections = { nodes, wires, comments, variables, events };
    if (!this.#places && Object.values(nodes).some((node) => !isPlaced(node))) {
      this.#places = layoutGraph(nodes, wires, view.shapes);
    }
    const place = (id: string): Point | undefined => this.#places?.get(id);
    this.#graph = updateGraph(this.#graph, collections, view.shapes, { shape, place });
    return this.#graph;
  }
}

export function useGraphKeeper(): GraphKeeper {
  const keeper = useRef<GraphKeeper | null>(null);
  return (keeper.current ??= new GraphKeeper());
}
