/** Small graphs for tests. */

import { DocumentRecords } from "../documents/records";
import type { Collections, NodeShape, Socket } from "../ipc/types";
import type { GraphLanguage } from "./language";
import { readGraph, type Graph } from "./model/graph";
import { isMap, textOf, type Records } from "./model/records";
import { signaturesOf } from "./pins";

const COMPONENTS: Readonly<Record<string, number>> = { bool: 1, int: 1, float: 1, float3: 3 };

/** A language that is as small as one can be: types meet by name, and its nodes name variables. */
export const testLanguage: GraphLanguage = {
  kind: "test",
  title: "Test",
  judge: (one, other) => {
    const isFit =
      one.side !== other.side &&
      one.kind === other.kind &&
      (one.kind === "flow" || signaturesOf(one).some((type) => signaturesOf(other).includes(type))) &&
      (one.kind === "flow" || one.node === undefined || one.node !== other.node);
    return isFit ? { allowed: true } : { allowed: false, reason: "They do not fit" };
  },
  named: [
    {
      collection: "variables",
      parameters: ["variable", "variables"],
      sockets: "variables",
      isRecord: (record) => textOf(record, "name") !== "",
      typeOf: ({ initial }) => (isMap(initial) ? initial["type"] : undefined),
    },
  ],
  events: {},
  drops: [],
  lookOf: () => ({ shape: "circle", token: "--pin-open" }),
  typeName: (type) => type,
  values: {
    typeAt: (given, literal) => {
      const type = given.signature ?? literal?.type ?? given.accepts[0];
      return type !== undefined && type in COMPONENTS ? type : null;
    },
    widthOf: (type) => 46 * (COMPONENTS[type] ?? 1),
    Field: () => null,
  },
  Icon: () => null,
  Empty: () => null,
  useCatalogue: () => ({ entries: () => [], shapeOf: () => undefined }),
};

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
interface SampleParts {
  nodes?: Records;
  wires?: Records;
  comments?: Records;
  variables?: Records;
}

export function sample(extra: SampleParts = {}): Graph {
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
  return graphOf({ comments: {}, variables: {}, ...extra, nodes, wires }, sampleShapes);
}

/** A graph of records. */
export function graphOf(collections: Collections, shapes: Record<string, NodeShape>): Graph {
  return readGraph(testLanguage, new DocumentRecords({ collections, derived: shapes }));
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
