/** What each gesture writes. Every builder gives one event: its type and its changes; none when nothing would change. */

import type { NodeShape } from "../../ipc/types";
import type { Graph, GraphWire } from "../model/graph";
import { wiresAt } from "../model/graph";
import { findPin, nodeGeometry, unconnected } from "../model/geometry";
import { freePlace } from "../model/free";
import {
  isPlaced,
  type Change,
  type FieldValue,
  type Fields,
  type Gesture,
  type Literal,
  type Point,
  type Rect,
} from "../model/records";
import { samePin, type PinAddress, type PinSide } from "../pins";

export interface Picked {
  nodes: ReadonlySet<string>;
  wires: ReadonlySet<string>;
  comments: ReadonlySet<string>;
}

export interface NewNode {
  id: string;
  operation: { op: string; extension: string | null };
  position: Point;
  configuration?: Record<string, FieldValue>;
  values?: Record<string, Literal>;
}

export function addNode(node: NewNode): Gesture {
  return { type: "node.add", changes: [putNode(node)] };
}

/** A node where it was wanted, or beside what stands there already. */
export function addNodeBeside(graph: Graph, node: NewNode, shape: NodeShape): Gesture {
  const size = nodeGeometry(graph.language, shape, {}, unconnected);
  return addNode({ ...node, position: freePlace(graph, node.position, size) });
}

/** A node wired to an existing pin in the same gesture, placed so that the new wire runs level. */
export function addWiredNode(
  graph: Graph,
  node: NewNode,
  shape: NodeShape,
  pin: PinAddress,
  socket: { side: PinSide; id: string },
  wireId: string,
): Gesture {
  const geometry = nodeGeometry(graph.language, shape, {}, unconnected);
  const other: PinAddress = { node: node.id, side: socket.side, kind: pin.kind, socket: socket.id };
  const at = findPin(geometry, other)?.at ?? { x: 0, y: 0 };
  const position = { x: node.position.x - at.x, y: node.position.y - at.y };
  const wire = connect(graph, pin, other, wireId);
  const { [socket.id]: _, ...values } = node.values ?? {};
  return { type: "node.add", changes: [putNode({ ...node, position, values }), ...wire.changes] };
}

export function moveRecords(
  graph: Graph,
  nodes: ReadonlyMap<string, Point>,
  comments: ReadonlyMap<string, Point> = new Map(),
  type?: string,
): Gesture | undefined {
  const changes: Change[] = [];
  for (const [id, position] of nodes) {
    const before = graph.nodes.get(id)?.position;
    if (before && !samePoint(before, position)) changes.push(set("nodes", id, { position }));
  }
  for (const [id, position] of comments) {
    const before = graph.comments.get(id)?.rect;
    if (before && !samePoint(before, position)) changes.push(set("comments", id, { position }));
  }
  if (changes.length === 0) return undefined;
  changes.push(...movedRoutes(graph, nodes));
  return { type: type ?? (comments.size > 0 ? "comment.move" : "node.move"), changes };
}

/** Keeps the places of nodes that were never laid out, so that the first one that is moved does not disturb the rest. */
export function keepPlaces(graph: Graph): Gesture | undefined {
  const unplaced = [...graph.nodes.values()].filter((node) => !isPlaced(node.record));
  if (unplaced.length === 0) return undefined;
  const rounded = ({ x, y }: Point): Point => ({ x: Math.round(x), y: Math.round(y) });
  return {
    type: "graph.place",
    changes: unplaced.map((node) => set("nodes", node.id, { position: rounded(node.position) })),
  };
}

/** The picked records and the wires that would lose an end. */
export function deleteRecords(graph: Graph, picked: Picked): Gesture | undefined {
  const nodes = [...picked.nodes].filter((id) => graph.nodes.has(id));
  const comments = [...picked.comments].filter((id) => graph.comments.has(id));
  const wires = new Set([...picked.wires].filter((id) => graph.wires.has(id)));
  for (const node of nodes) for (const wire of graph.wiresByNode.get(node) ?? []) wires.add(wire.id);
  const changes = [
    ...[...wires].map((id) => remove("wires", id)),
    ...nodes.map((id) => remove("nodes", id)),
    ...comments.map((id) => remove("comments", id)),
  ];
  if (changes.length === 0) return undefined;
  const type =
    nodes.length > 0 || (wires.size > 0 && comments.length > 0)
      ? "node.delete"
      : wires.size > 0
        ? "wire.delete"
        : "comment.delete";
  return { type, changes };
}

/** Wires two pins, given in either order. Wires that the pins have no room for go in the same event. */
export function connect(graph: Graph, one: PinAddress, other: PinAddress, id: string): Gesture {
  const { kind } = one;
  const [from, to] = one.side === "output" ? [one, other] : [other, one];
  const same = (graph.wiresByNode.get(from.node) ?? []).some((wire) => joins(wire, from, to));
  const put: Fields = { kind, from: from.node, output: from.socket, to: to.node, input: to.socket };
  const changes: Change[] = same
    ? []
    : [...displaced(graph, from, to).map((wire) => remove("wires", wire)), { collection: "wires", id, put }];
  return { type: "wire.create", changes };
}

/** Moves one end of a wire to another pin. */
export function rewire(graph: Graph, wire: GraphWire, pin: PinAddress): Gesture | undefined {
  const from = pin.side === "output" ? pin : wire.from;
  const to = pin.side === "output" ? wire.to : pin;
  if (joins(wire, from, to)) return undefined;
  const fields: Fields =
    pin.side === "output" ? { from: from.node, output: from.socket } : { to: to.node, input: to.socket };
  const taken = displaced(graph, from, to).filter((id) => id !== wire.id);
  return {
    type: "wire.set",
    changes: [...taken.map((id) => remove("wires", id)), set("wires", wire.id, fields)],
  };
}

export function disconnect(wires: Iterable<GraphWire>): Gesture | undefined {
  const changes = [...wires].map(({ id }) => remove("wires", id));
  return changes.length > 0 ? { type: "wire.delete", changes } : undefined;
}

export function setRoute(wire: string, route: readonly Point[]): Gesture {
  return { type: "wire.set", changes: [set("wires", wire, { route: route.length > 0 ? [...route] : null })] };
}

export function setValue(node: string, socket: string, literal: Literal | null): Gesture {
  return { type: "node.set", changes: [set("nodes", node, { [`values.${socket}`]: literal })] };
}

export function setLabel(node: string, label: string): Gesture {
  return { type: "node.set", changes: [set("nodes", node, { label: label.trim() || null })] };
}

export function addComment(id: string, rect: Rect, text: string, color: string | null): Gesture {
  const put: Fields = {
    text,
    position: { x: rect.x, y: rect.y },
    size: { width: rect.width, height: rect.height },
  };
  if (color) put["color"] = color;
  return { type: "comment.add", changes: [{ collection: "comments", id, put }] };
}

export function resizeComment(id: string, { x, y, width, height }: Rect): Gesture {
  return {
    type: "comment.set",
    changes: [set("comments", id, { position: { x, y }, size: { width, height } })],
  };
}

export function setComments(ids: Iterable<string>, fields: Fields): Gesture {
  return { type: "comment.set", changes: [...ids].map((id) => set("comments", id, fields)) };
}

function putNode({ id, operation, position, configuration = {}, values = {} }: NewNode): Change {
  const put: Fields = { op: operation.op, position };
  if (operation.extension) put["extension"] = operation.extension;
  for (const [parameter, value] of Object.entries(configuration)) put[`configuration.${parameter}`] = value;
  for (const [socket, literal] of Object.entries(values)) put[`values.${socket}`] = literal;
  return { collection: "nodes", id, put };
}

/** The wires a new one would take the place of: a value input and a flow output hold one. */
function displaced(graph: Graph, from: PinAddress, to: PinAddress): string[] {
  return wiresAt(graph, from.kind === "flow" ? from : to).map(({ id }) => id);
}

/** Points of wires whose both ends move by the same way go with them. */
function movedRoutes(graph: Graph, nodes: ReadonlyMap<string, Point>): Change[] {
  const changes: Change[] = [];
  const seen = new Set<string>();
  for (const node of nodes.keys()) {
    for (const wire of graph.wiresByNode.get(node) ?? []) {
      if (wire.route.length === 0 || seen.has(wire.id)) continue;
      seen.add(wire.id);
      const one = shift(graph, nodes, wire.from.node);
      const other = shift(graph, nodes, wire.to.node);
      if (!one || !other || !samePoint(one, other)) continue;
      const route = wire.route.map(({ x, y }) => ({ x: x + one.x, y: y + one.y }));
      changes.push(set("wires", wire.id, { route }));
    }
  }
  return changes;
}

function shift(graph: Graph, nodes: ReadonlyMap<string, Point>, id: string): Point | undefined {
  const before = graph.nodes.get(id)?.position;
  const after = nodes.get(id);
  return before && after && { x: after.x - before.x, y: after.y - before.y };
}

function joins(wire: GraphWire, from: PinAddress, to: PinAddress): boolean {
  return samePin(wire.from, from) && samePin(wire.to, to);
}

function samePoint(a: Point, b: Point): boolean {
  return a.x === b.x && a.y === b.y;
}

function set(collection: string, id: string, fields: Fields): Change {
  return { collection, id, set: fields };
}

function remove(collection: string, id: string): Change {
  return { collection, id, remove: true };
}
