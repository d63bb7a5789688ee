/** Small graphs for tests. */

import type { NodeShape, Socket } from "../../ipc/types";
import { updateGraph, type Graph } from "./graph/graph";
import type { Collections, Records } from "./graph/records";

export function socket(
  id: string,
  signature: string | null = null,
  accepts: string[] = signature ? [signature] : [],
): Socket {
  return { id, label: id, known: true, signature, accepts };
}

export function shape(parts: Partial<NodeShape> = {}): NodeShape {
  const none = { flowIn: [], flowOut: [], valuesIn: [], valuesOut: [] };
  return { title: "Node", family: "math", known: true, ...none, ...parts };
}

export const flow = (id: string): Socket => socket(id);

/** An event, a branch and an addition: `start` → `branch`, `add` → `branch`. */
export function sample(extra: Partial<Collections> = {}): Graph {
  const nodes: Records = {
    start: { op: "event/onStart", position: { x: 0, y: 0 } },
    branch: { op: "flow/branch", position: { x: 400, y: 0 } },
    add: { op: "math/add", position: { x: 0, y: 200 }, "values.a": { type: "float", value: [1.5] } },
    ...extra.nodes,
  };
  const wires: Records = {
    w1: { kind: "flow", from: "start", output: "out", to: "branch", input: "in" },
    w2: { kind: "value", from: "add", output: "value", to: "branch", input: "condition" },
    ...extra.wires,
  };
  const collections: Collections = { comments: {}, variables: {}, events: {}, ...extra, nodes, wires };
  return updateGraph(undefined, collections, sampleShapes);
}

export const sampleShapes: Record<string, NodeShape> = {
  start: shape({ title: "On start", family: "event", flowOut: [flow("out")] }),
  branch: shape({
    title: "Branch",
    family: "flow",
    flowIn: [flow("in")],
    flowOut: [flow("true"), flow("false")],
    valuesIn: [socket("condition", "bool")],
  }),
  add: shape({
    title: "Add",
    valuesIn: [socket("a", "float"), socket("b", "float")],
    valuesOut: [socket("value", "float")],
  }),
};

/** Ids that count. */
export function counter(prefix = "new"): () => string {
  let count = 0;
  return () => `${prefix}${++count}`;
}
