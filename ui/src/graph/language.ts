/**
 * What a kind of graph says of itself: what its pins are, what may be wired, what can be added. The canvas knows the rest,
 * and nothing of any kind. Its documents have the collections `nodes`, `wires` and `comments`.
 */

import type { ComponentType } from "react";

import type { NodeShape, Socket } from "../ipc/types";
import type { Actions } from "./canvas/actions";
import type { Graph, GraphNode } from "./model/graph";
import type { Literal, RecordData, Records } from "./model/records";
import type { End, Verdict } from "./pins";

export interface GraphLanguage {
  /** The kind of its documents, with which the ids of the canvas's commands begin. */
  readonly kind: string;
  /** What people call such a graph: "Blueprint". */
  readonly title: string;
  /** Whether two pins may be wired, given in either order; if not, why, for the person who drags. */
  readonly judge: (one: End, other: End, graph: Graph) => Verdict;
  /** Collections whose records nodes name; they are copied along with the nodes. */
  readonly named: readonly NamedCollection[];
  /** What it calls events that the canvas calls otherwise: `{"node.set": "shader.param.change"}`. */
  readonly events: Readonly<Record<string, string>>;
  /** How the type of a value looks; null while it depends on wires that are not there. */
  readonly lookOf: (type: string | null) => PinLook;
  /** A type in a person's words. */
  readonly typeName: (type: string) => string;
  readonly values: ValueFields;
  /** The sign in a node's header, and in the list of what can be added. */
  readonly Icon: ComponentType<IconProps>;
  /** What a canvas says on which nothing stands. */
  readonly Empty: ComponentType<{ actions: Actions }>;
  /** What can be added; the same object while it is the same. */
  readonly useCatalogue: () => Catalogue;
  /** What can be dragged onto the canvas. */
  readonly drops: readonly DropSource[];
}

/** The outline that tells classes of types apart without colour. */
export type PinShape = "arrow" | "circle" | "hexagon" | "square" | "diamond";

export interface PinLook {
  readonly shape: PinShape;
  /** The design token of its colour: `--pin-float`. */
  readonly token: string;
}

/** A collection whose records nodes name. */
export interface NamedCollection {
  readonly collection: string;
  /** The configuration parameters of a node that hold ids of its records. */
  readonly parameters: readonly string[];
  /** Of these, the one whose node has an input for each record, called by its id. */
  readonly sockets?: string;
  /** Whether something from the clipboard is such a record. */
  readonly isRecord: (record: RecordData) => boolean;
  /** What two records of one name must share to be the same. */
  readonly typeOf: (record: RecordData) => unknown;
}

/** The values that are typed in beside unconnected inputs. */
export interface ValueFields {
  /** The type of what is typed in; null where nothing is. */
  readonly typeAt: (socket: Socket, literal: Literal | undefined) => string | null;
  /** How wide its field is, in pixels at 100 %. */
  readonly widthOf: (type: string) => number;
  readonly Field: ComponentType<ValueFieldProps>;
}

export interface ValueFieldProps {
  readonly node: GraphNode;
  readonly socket: Socket;
  readonly type: string;
}

export interface IconProps {
  readonly op: string;
  readonly family: string;
  /** Whether this version knows the operation. */
  readonly known: boolean;
  /** In pixels. */
  readonly size: number;
}

/** Something a person can add. */
export interface Entry {
  /** Distinguishes entries of the same operation. */
  readonly key: string;
  readonly op: string;
  readonly extension: string | null;
  readonly title: string;
  readonly help: string;
  /** How a node of it looks at first, near enough to place it. */
  readonly shape: NodeShape;
  readonly keywords: readonly string[];
  /** What the new node starts with, by parameter and by socket. */
  readonly starts: {
    readonly configuration: Record<string, string[]>;
    readonly values: Record<string, Literal>;
  };
}

export interface Catalogue {
  /** What can be added to a graph. */
  readonly entries: (graph: Graph) => readonly Entry[];
  /** How a node looks whose shape has not arrived yet. */
  readonly shapeOf: (record: RecordData) => NodeShape | undefined;
}

/** Something that can be dragged onto the canvas: an id under a type of data. */
export interface DropSource {
  /** The type of data: `application/x-wissil-variable`. */
  readonly type: string;
  /** What may become of it. */
  readonly entries: (catalogue: Catalogue, graph: Graph, id: string) => readonly Entry[];
}

/** The records of a collection that only this kind has. */
export function namedRecords(graph: Graph, collection: string): Records {
  return graph.records.object(collection) ?? {};
}
