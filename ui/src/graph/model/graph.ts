/**
 * A document's records as the canvas uses them: sizes, pins, and what is wired to what. {@link readGraph} reads all of them
 * once; from then on {@link changeGraph} takes what changed, record by record, and keeps every other part as it is.
 */

import { LOOKS, type Changed, type DocumentRecords } from "../../documents/records";
import type { NodeShape } from "../../ipc/types";
import type { GraphLanguage } from "../language";
import { samePin, type PinAddress } from "../pins";
import { wireBounds, wireSegments, type Segment } from "../wires/path";
import {
  findPin,
  nodeGeometry,
  socketKey,
  unconnected,
  type Connected,
  type NodeGeometry,
  type Pin,
} from "./geometry";
import { shapeOf } from "./shape";
import {
  isPlaced,
  positionOf,
  rectOf,
  routeOf,
  sizeOf,
  textOf,
  wireKindOf,
  type Point,
  type RecordData,
  type Rect,
  type Size,
  type WireKind,
} from "./records";
import { SpatialIndex } from "./spatial";

export interface GraphNode {
  id: string;
  record: RecordData;
  shape: NodeShape;
  position: Point;
  geometry: NodeGeometry;
  rect: Rect;
  connected: Connected;
}

export interface GraphWire {
  id: string;
  record: RecordData;
  kind: WireKind;
  from: PinAddress;
  to: PinAddress;
  route: Point[];
}

export interface GraphComment {
  id: string;
  record: RecordData;
  rect: Rect;
}

/** The same object as long as nothing in the graph changes. Its parts change in place: keep nodes, not the maps. */
export interface Graph {
  language: GraphLanguage;
  records: DocumentRecords;
  nodes: ReadonlyMap<string, GraphNode>;
  /** Those whose two nodes are there. */
  wires: ReadonlyMap<string, GraphWire>;
  comments: ReadonlyMap<string, GraphComment>;
  /** The wires that end at a node. */
  wiresByNode: ReadonlyMap<string, readonly GraphWire[]>;
  /** How large a node of that record would be that is not in the graph yet, near enough to place it. */
  measure: (record: RecordData) => Size;
  /** Where the nodes stand; made when first asked for. */
  nodeIndex: () => SpatialIndex;
  /** Where the wires run; made when first asked for. */
  wireIndex: () => SpatialIndex;
  parts: GraphParts;
}

/** What {@link changeGraph} writes to. */
interface GraphParts {
  fallbacks: Fallbacks;
  nodes: Map<string, GraphNode>;
  wires: Map<string, GraphWire>;
  comments: Map<string, GraphComment>;
  wiresByNode: Map<string, readonly GraphWire[]>;
  /** All wires, also those that miss a node. */
  known: Map<string, GraphWire>;
  /** The ids of all wires that name a node. */
  ends: Map<string, Set<string>>;
  nodeIndex: SpatialIndex | undefined;
  wireIndex: SpatialIndex | undefined;
}

const UNKNOWN: NodeShape = {
  title: "Unknown",
  family: "custom",
  known: false,
  flowIn: [],
  flowOut: [],
  valuesIn: [],
  valuesOut: [],
};

/** What stands in for what a record does not say yet. */
export interface Fallbacks {
  /** How a node looks that was added a moment ago. */
  shape?: (record: RecordData) => NodeShape | undefined;
  /** Where a node stands that was never laid out. */
  place?: (id: string) => Point | undefined;
}

export function readGraph(
  language: GraphLanguage,
  records: DocumentRecords,
  fallbacks: Fallbacks = {},
): Graph {
  const parts: GraphParts = {
    fallbacks,
    nodes: new Map(),
    wires: new Map(),
    comments: new Map(),
    wiresByNode: new Map(),
    known: new Map(),
    ends: new Map(),
    nodeIndex: undefined,
    wireIndex: undefined,
  };
  const graph = graphOf(language, records, parts);
  const all = (collection: string): Set<string> => new Set(records.all(collection).keys());
  return changeGraph(
    graph,
    new Map(["nodes", "wires", "comments"].map((collection) => [collection, all(collection)])),
  );
}

/** The graph after records changed, whose ids are given by collection. */
export function changeGraph(graph: Graph, changed: Changed): Graph {
  const { language, records, parts } = graph;
  const ids = (collection: string): Iterable<string> => changed.get(collection) ?? [];
  /** Nodes to draw anew, and wires to look at. */
  const touched = new Set([...ids("nodes"), ...ids(LOOKS)]);
  const wires = new Set(ids("wires"));
  for (const id of ids("nodes")) {
    const comes = records.get("nodes", id) !== undefined;
    if (comes !== parts.nodes.has(id)) parts.ends.get(id)?.forEach((wire) => wires.add(wire));
    if (comes) continue;
    parts.nodes.delete(id);
    parts.nodeIndex?.delete(id);
  }
  for (const id of wires) changeWire(graph, id, touched);
  for (const id of touched) if (changeNode(graph, id)) rerouteWires(graph, id);
  for (const id of wires) rerouteWire(graph, id);
  for (const id of ids("comments")) {
    const record = records.get("comments", id);
    if (!record) parts.comments.delete(id);
    else parts.comments.set(id, { id, record, rect: rectOf(positionOf(record), sizeOf(record)) });
  }
  return graphOf(language, records, parts);
}

function graphOf(language: GraphLanguage, records: DocumentRecords, parts: GraphParts): Graph {
  const { nodes, wires, comments, wiresByNode } = parts;
  const graph: Graph = {
    ...{ language, records, nodes, wires, comments, wiresByNode, parts },
    measure: (record) =>
      nodeGeometry(language, parts.fallbacks.shape?.(record) ?? unknownShape(record), record, unconnected),
    nodeIndex: () =>
      (parts.nodeIndex ??= new SpatialIndex([...nodes.values()].map(({ id, rect }) => [id, rect]))),
    wireIndex: () => (parts.wireIndex ??= indexWires(graph)),
  };
  return graph;
}

/** Takes a wire as it is now; the nodes whose pins it fills or frees are touched. */
function changeWire({ records, parts }: Graph, id: string, touched: Set<string>): void {
  const record = records.get("wires", id);
  const before = parts.known.get(id);
  const wire = record && (before?.record === record ? before : readWire(id, record));
  if (before && before !== wire) {
    for (const { node } of [before.from, before.to]) parts.ends.get(node)?.delete(id);
    parts.known.delete(id);
  }
  if (wire && before !== wire) {
    parts.known.set(id, wire);
    for (const { node } of [wire.from, wire.to]) {
      const ends = parts.ends.get(node);
      if (ends) ends.add(id);
      else parts.ends.set(node, new Set([id]));
    }
  }
  const isWhole =
    wire !== undefined &&
    records.get("nodes", wire.from.node) !== undefined &&
    records.get("nodes", wire.to.node) !== undefined;
  const shown = parts.wires.get(id);
  const now = isWhole ? wire : undefined;
  if (shown === now) return;
  for (const node of new Set([shown, now].flatMap((one) => (one ? [one.from.node, one.to.node] : [])))) {
    touched.add(node);
    const others = (parts.wiresByNode.get(node) ?? []).filter((one) => one !== shown);
    const ends = now && (now.from.node === node || now.to.node === node);
    const group = ends ? [...others, now] : others;
    if (group.length > 0) parts.wiresByNode.set(node, group);
    else parts.wiresByNode.delete(node);
  }
  if (now) parts.wires.set(id, now);
  else {
    parts.wires.delete(id);
    parts.wireIndex?.delete(id);
  }
}

/** Takes a node as it is now; whether that may have moved its pins. */
function changeNode({ language, records, parts }: Graph, id: string): boolean {
  const record = records.get("nodes", id);
  if (!record) return false;
  const before = parts.nodes.get(id);
  const { fallbacks } = parts;
  const shape = shapeOf(records, id) ?? before?.shape ?? fallbacks.shape?.(record) ?? unknownShape(record);
  const connected = connectedOf(id, parts.wiresByNode.get(id) ?? [], before?.connected);
  if (before && before.record === record && before.shape === shape && before.connected === connected)
    return false;
  const geometry = nodeGeometry(language, shape, record, connected);
  const position = (isPlaced(record) ? undefined : fallbacks.place?.(id)) ?? positionOf(record);
  const rect = rectOf(position, geometry);
  parts.nodes.set(id, { id, record, shape, position, geometry, rect, connected });
  parts.nodeIndex?.set(id, rect);
  return true;
}

function rerouteWires(graph: Graph, node: string): void {
  for (const { id } of graph.parts.wiresByNode.get(node) ?? []) rerouteWire(graph, id);
}

function rerouteWire(graph: Graph, id: string): void {
  const { wires, wireIndex } = graph.parts;
  const wire = wires.get(id);
  const segments = wireIndex && wire && segmentsOf(graph, wire);
  if (segments) wireIndex.set(id, wireBounds(segments));
}

/** Where a pin stands on the canvas. */
export function pinPoint(graph: Graph, pin: PinAddress): Point | undefined {
  const node = graph.nodes.get(pin.node);
  const found = node && findPin(node.geometry, pin);
  return found && { x: node.position.x + found.at.x, y: node.position.y + found.at.y };
}

export function pinOf(graph: Graph, pin: PinAddress): Pin | undefined {
  const node = graph.nodes.get(pin.node);
  return node && findPin(node.geometry, pin);
}

/** The wires that end at a pin. */
export function wiresAt(graph: Graph, pin: PinAddress): GraphWire[] {
  const wires = graph.wiresByNode.get(pin.node) ?? [];
  return wires.filter((wire) => samePin(pin.side === "output" ? wire.from : wire.to, pin));
}

export function segmentsOf(graph: Graph, wire: GraphWire): Segment[] | undefined {
  const from = pinPoint(graph, wire.from);
  const to = pinPoint(graph, wire.to);
  return from && to && wireSegments(from, to, wire.route);
}

/** "Branch, flow node, 2 inputs": how a node is named to people who do not see it. */
export function nodeName({ shape, record, geometry }: GraphNode): string {
  const inputs = geometry.pins.filter((pin) => pin.side === "input").length;
  const title = textOf(record, "label") || shape.title;
  const what = shape.known ? `${shape.family} node` : "unknown operation";
  return `${title}, ${what}, ${inputs} ${inputs === 1 ? "input" : "inputs"}`;
}

export function titleOf({ shape, record }: GraphNode): string {
  return textOf(record, "label") || shape.title;
}

function unknownShape(record: RecordData): NodeShape {
  return { ...UNKNOWN, title: textOf(record, "op") || UNKNOWN.title };
}

function readWire(id: string, record: RecordData): GraphWire {
  const kind = wireKindOf(record);
  return {
    id,
    record,
    kind,
    from: { node: textOf(record, "from"), side: "output", kind, socket: textOf(record, "output") },
    to: { node: textOf(record, "to"), side: "input", kind, socket: textOf(record, "input") },
    route: routeOf(record),
  };
}

function connectedOf(node: string, wires: readonly GraphWire[], before: Connected | undefined): Connected {
  if (wires.length === 0) return unconnected;
  const inputs = new Set<string>();
  const outputs = new Set<string>();
  for (const wire of wires) {
    if (wire.from.node === node) outputs.add(socketKey(wire.kind, wire.from.socket));
    if (wire.to.node === node) inputs.add(socketKey(wire.kind, wire.to.socket));
  }
  return before && sameItems(before.inputs, inputs) && sameItems(before.outputs, outputs)
    ? before
    : { inputs, outputs };
}

function sameItems(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  if (a.size !== b.size) return false;
  for (const item of a) if (!b.has(item)) return false;
  return true;
}

function indexWires(graph: Graph): SpatialIndex {
  const rects = new Map<string, Rect>();
  for (const wire of graph.wires.values()) {
    const segments = segmentsOf(graph, wire);
    if (segments) rects.set(wire.id, wireBounds(segments));
  }
  return new SpatialIndex(rects);
}
