/**
 * A document's records as the canvas uses them: sizes, pins, and what is wired to what. `updateGraph` keeps every part
 * whose records are untouched, so that an edit re-renders only what it changed.
 */

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
import {
  isPlaced,
  positionOf,
  rectOf,
  routeOf,
  sizeOf,
  textOf,
  wireKindOf,
  type Collections,
  type Point,
  type RecordData,
  type Rect,
  type Size,
  type WireKind,
} from "./records";
import { SpatialIndex } from "./spatial";

export type Shapes = Record<string, NodeShape>;

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

export interface Graph {
  language: GraphLanguage;
  collections: Collections;
  shapes: Shapes;
  nodes: ReadonlyMap<string, GraphNode>;
  wires: ReadonlyMap<string, GraphWire>;
  comments: ReadonlyMap<string, GraphComment>;
  /** How large a node of that record would be that is not in the graph yet, near enough to place it. */
  measure: (record: RecordData) => Size;
  /** The wires that end at a node. */
  wiresByNode: ReadonlyMap<string, readonly GraphWire[]>;
  /** Where the nodes stand; made when first asked for. */
  nodeIndex: () => SpatialIndex;
  /** Where the wires run; made when first asked for. */
  wireIndex: () => SpatialIndex;
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

export function updateGraph(
  language: GraphLanguage,
  previous: Graph | undefined,
  collections: Collections,
  shapes: Shapes,
  fallbacks: Fallbacks = {},
): Graph {
  const measure = (record: RecordData): Size =>
    nodeGeometry(language, fallbacks.shape?.(record) ?? unknownShape(record), record, unconnected);
  if (previous && previous.shapes === shapes && sameCollections(previous.collections, collections)) {
    // The vocabulary may have come meanwhile.
    previous.measure = measure;
    return previous;
  }
  const wires =
    previous &&
    previous.collections.wires === collections.wires &&
    sameKeys(previous.nodes, collections.nodes)
      ? previous.wires
      : readWires(previous, collections);
  const wiresByNode =
    previous?.wires === wires ? previous.wiresByNode : groupWires(wires, previous?.wiresByNode);
  const nodes = new Map<string, GraphNode>();
  for (const [id, record] of Object.entries(collections.nodes)) {
    const before = previous?.nodes.get(id);
    const shape = shapes[id] ?? before?.shape ?? fallbacks.shape?.(record) ?? unknownShape(record);
    const connected =
      before && previous?.wiresByNode.get(id) === wiresByNode.get(id)
        ? before.connected
        : connectedOf(id, wiresByNode.get(id) ?? [], before?.connected);
    if (before && before.record === record && before.shape === shape && before.connected === connected) {
      nodes.set(id, before);
      continue;
    }
    const geometry = nodeGeometry(language, shape, record, connected);
    const position = (isPlaced(record) ? undefined : fallbacks.place?.(id)) ?? positionOf(record);
    nodes.set(id, { id, record, shape, position, geometry, rect: rectOf(position, geometry), connected });
  }
  const comments = new Map<string, GraphComment>();
  for (const [id, record] of Object.entries(collections.comments)) {
    const before = previous?.comments.get(id);
    comments.set(
      id,
      before?.record === record ? before : { id, record, rect: rectOf(positionOf(record), sizeOf(record)) },
    );
  }
  const graph: Graph = {
    language,
    collections,
    shapes,
    nodes,
    wires,
    comments,
    measure,
    wiresByNode,
    nodeIndex: once(() => new SpatialIndex(new Map([...nodes.values()].map(({ id, rect }) => [id, rect])))),
    wireIndex: once(() => indexWires(graph)),
  };
  return graph;
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

function readWires(previous: Graph | undefined, collections: Collections): Map<string, GraphWire> {
  const wires = new Map<string, GraphWire>();
  for (const [id, record] of Object.entries(collections.wires)) {
    const before = previous?.wires.get(id);
    const wire = before?.record === record ? before : readWire(id, record);
    if (wire.from.node in collections.nodes && wire.to.node in collections.nodes) wires.set(id, wire);
  }
  return wires;
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

function groupWires(
  wires: ReadonlyMap<string, GraphWire>,
  previous: ReadonlyMap<string, readonly GraphWire[]> | undefined,
): Map<string, readonly GraphWire[]> {
  const groups = new Map<string, GraphWire[]>();
  const add = (node: string, wire: GraphWire): void => {
    const group = groups.get(node);
    if (group) group.push(wire);
    else groups.set(node, [wire]);
  };
  for (const wire of wires.values()) {
    add(wire.from.node, wire);
    if (wire.to.node !== wire.from.node) add(wire.to.node, wire);
  }
  const kept = new Map<string, readonly GraphWire[]>(groups);
  for (const [node, group] of groups) {
    const before = previous?.get(node);
    if (before?.length === group.length && before.every((wire, index) => wire === group[index]))
      kept.set(node, before);
  }
  return kept;
}

function sameKeys(nodes: ReadonlyMap<string, unknown>, records: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(records);
  return keys.length === nodes.size && keys.every((key) => nodes.has(key));
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

function sameCollections(a: Collections, b: Collections): boolean {
  return (
    a.nodes === b.nodes &&
    a.wires === b.wires &&
    a.comments === b.comments &&
    Object.keys(b.named).every((collection) => a.named[collection] === b.named[collection])
  );
}

function indexWires(graph: Graph): SpatialIndex {
  const rects = new Map<string, Rect>();
  for (const wire of graph.wires.values()) {
    const segments = segmentsOf(graph, wire);
    if (segments) rects.set(wire.id, wireBounds(segments));
  }
  return new SpatialIndex(rects);
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
