/** The document as a graph, brought up to date part by part. */

import { useRef } from "react";

import type { DocumentView } from "../../documents/document";
import type { NodeShape } from "../../ipc/types";
import type { GraphLanguage } from "../language";
import { updateGraph, type Graph } from "../model/graph";
import { isPlaced, noRecords, type Collections, type Point, type RecordData } from "../model/records";
import { layoutGraph } from "../layout/layout";

type Provisional = (record: RecordData) => NodeShape | undefined;

/**
 * Nodes that were never laid out get a place to be seen at, the same until the canvas closes.
 */
export class GraphKeeper {
  #graph: Graph | undefined;
  #places: ReadonlyMap<string, Point> | undefined;

  update(language: GraphLanguage, view: DocumentView, shape: Provisional): Graph {
    const { nodes = noRecords, wires = noRecords, comments = noRecords } = view.collections;
    const named = Object.fromEntries(
      language.named.map(({ collection }) => [collection, view.collections[collection] ?? noRecords]),
    );
    const collections: Collections = { nodes, wires, comments, named };
    if (!this.#places && Object.values(nodes).some((node) => !isPlaced(node))) {
      this.#places = layoutGraph(language, nodes, wires, view.shapes);
    }
    const place = (id: string): Point | undefined => this.#places?.get(id);
    this.#graph = updateGraph(language, this.#graph, collections, view.shapes, { shape, place });
    return this.#graph;
  }
}

export function useGraphKeeper(): GraphKeeper {
  const keeper = useRef<GraphKeeper | null>(null);
  return (keeper.current ??= new GraphKeeper());
}
