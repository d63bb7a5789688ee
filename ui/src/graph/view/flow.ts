/**
 * What React Flow is given: the nodes and wires near the view, sized and with their handles placed up front, so that it
 * measures nothing. Objects are kept from one build to the next unless what they show has changed.
 */

import { Position, type Edge, type Node } from "@xyflow/react";

import type { Problem } from "../../ipc/types";
import type { Drag } from "../canvas/state";
import { socketKey } from "../model/geometry";
import type { Graph, GraphNode, GraphWire } from "../model/graph";
import type { Point, Rect } from "../model/records";

export type NodeData = { node: GraphNode; problems: readonly Problem[] };
export type FlowNode = Node<NodeData, "operation">;
export type WireData = { wire: GraphWire; route: Point[]; type: string | null };
export type FlowWire = Edge<WireData, "wire">;

export interface Showing {
  graph: Graph;
  area: Rect;
  drag: Drag | null;
  selectedNodes: (id: string) => boolean;
  selectedWires: (id: string) => boolean;
  problems: ReadonlyMap<string, readonly Problem[]>;
  /** A wire whose end is being moved is drawn by the gesture instead. */
  hiddenWire: string | undefined;
  /** A wire whose route point is being moved. */
  route: { wire: string; route: Point[] } | null;
}

export interface Flow {
  nodes: FlowNode[];
  wires: FlowWire[];
}

export const emptyFlow: Flow = { nodes: [], wires: [] };

const NO_PROBLEMS: readonly Problem[] = [];

export function buildFlow(previous: Flow, showing: Showing): Flow {
  const { graph, area, drag } = showing;
  const nodeIds = graph.nodeIndex().query(area);
  const wireIds = graph.wireIndex().query(area);
  // What is being dragged stays, wherever the pointer takes it.
  if (drag) {
    for (const id of graph.nodeIndex().query({ ...area, x: area.x - drag.by.x, y: area.y - drag.by.y })) {
      if (!drag.nodes.has(id)) continue;
      nodeIds.add(id);
      for (const wire of graph.wiresByNode.get(id) ?? []) wireIds.add(wire.id);
    }
  }
  // React Flow draws a wire only if it knows both ends; it does not mount those outside the view.
  for (const id of wireIds) {
    const wire = graph.wires.get(id);
    if (wire) nodeIds.add(wire.from.node).add(wire.to.node);
  }
  const nodesBefore = new Map(previous.nodes.map((node) => [node.id, node]));
  const wiresBefore = new Map(previous.wires.map((wire) => [wire.id, wire]));
  const nodes = [...nodeIds].sort().flatMap((id) => {
    const node = graph.nodes.get(id);
    return node ? [flowNode(nodesBefore.get(id), node, showing)] : [];
  });
  const wires = [...wireIds].sort().flatMap((id) => {
    const wire = graph.wires.get(id);
    return wire && id !== showing.hiddenWire ? [flowWire(wiresBefore.get(id), wire, showing)] : [];
  });
  return {
    nodes: sameItems(previous.nodes, nodes) ? previous.nodes : nodes,
    wires: sameItems(previous.wires, wires) ? previous.wires : wires,
  };
}

function flowNode(before: FlowNode | undefined, node: GraphNode, showing: Showing): FlowNode {
  const { drag } = showing;
  const moving = drag?.nodes.has(node.id) ? drag.by : undefined;
  const x = node.position.x + (moving?.x ?? 0);
  const y = node.position.y + (moving?.y ?? 0);
  const selected = showing.selectedNodes(node.id);
  const problems = showing.problems.get(node.id) ?? NO_PROBLEMS;
  if (
    before?.data.node === node &&
    before.data.problems === problems &&
    before.selected === selected &&
    before.position.x === x &&
    before.position.y === y
  ) {
    return before;
  }
  const { width, height, pins } = node.geometry;
  return {
    id: node.id,
    type: "operation",
    position: { x, y },
    width,
    height,
    measured: { width, height },
    handles:
      before?.data.node === node && before.handles
        ? before.handles
        : pins.map(({ side, kind, socket, at }) => ({
            id: socketKey(kind, socket.id),
            type: side === "input" ? "target" : "source",
            position: side === "input" ? Position.Left : Position.Right,
            x: at.x,
            y: at.y,
            width: 0,
            height: 0,
          })),
    data: before?.data.node === node && before.data.problems === problems ? before.data : { node, problems },
    selected,
    draggable: false,
    selectable: false,
    connectable: false,
    focusable: false,
  };
}

function flowWire(before: FlowWire | undefined, wire: GraphWire, showing: Showing): FlowWire {
  const { graph, drag } = showing;
  const moving = drag?.nodes.has(wire.from.node) && drag.nodes.has(wire.to.node) ? drag.by : undefined;
  const selected = showing.selectedWires(wire.id);
  const type = typeOf(graph, wire);
  const kept = before?.data;
  const route =
    showing.route?.wire === wire.id
      ? showing.route.route
      : moving && wire.route.length > 0
        ? wire.route.map(({ x, y }) => ({ x: x + moving.x, y: y + moving.y }))
        : wire.route;
  if (
    before &&
    kept?.wire === wire &&
    kept.route === route &&
    kept.type === type &&
    before.selected === selected
  ) {
    return before;
  }
  return {
    id: wire.id,
    type: "wire",
    source: wire.from.node,
    target: wire.to.node,
    sourceHandle: socketKey(wire.kind, wire.from.socket),
    targetHandle: socketKey(wire.kind, wire.to.socket),
    data: { wire, route, type },
    selected,
    selectable: false,
    focusable: false,
    reconnectable: false,
  };
}

/** The type a wire carries: the output's, or while that is open the input's. */
export function typeOf(graph: Graph, wire: GraphWire): string | null {
  if (wire.kind === "flow") return null;
  const output = graph.nodes.get(wire.from.node)?.shape.valuesOut.find(({ id }) => id === wire.from.socket);
  if (output?.signature) return output.signature;
  return (
    graph.nodes.get(wire.to.node)?.shape.valuesIn.find(({ id }) => id === wire.to.socket)?.signature ?? null
  );
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
