/** A few operations, enough to draw a graph with. */
import type { Family, NodeShape, Operation, RecordData, Socket } from "../types";

type Value = readonly [id: string, label: string, ...types: string[]];

const FLOATS = ["float", "float2", "float3", "float4"];

function operation(
  op: string,
  title: string,
  family: Family,
  flowIn: readonly string[],
  flowOut: readonly string[],
  valuesIn: readonly Value[],
  valuesOut: readonly Value[],
  rest: Partial<Operation> = {},
): Operation {
  const flow = (ids: readonly string[]) => ids.map((id) => ({ id, label: id }));
  const values = (sockets: readonly Value[]) =>
    sockets.map(([id, label, ...types]) => ({ id, label, types, group: null, replaces: null, default: [] }));
  return {
    op,
    extension: null,
    title,
    family,
    keywords: [],
    help: `${title}: what this node does, in a sentence that a person understands.`,
    flowIn: flow(flowIn),
    flowOut: flow(flowOut),
    valuesIn: values(valuesIn),
    valuesOut: values(valuesOut),
    configuration: [],
    dynamic: [],
    ...rest,
  };
}

export const OPERATIONS: readonly Operation[] = [
  operation("event/onStart", "On start", "event", [], ["out"], [], []),
  operation(
    "event/onSelect",
    "On select",
    "event",
    [],
    ["out"],
    [],
    [["selectedNodeIndex", "selected node", "ref"]],
  ),
  operation(
    "flow/branch",
    "Branch",
    "flow",
    ["in"],
    ["true", "false"],
    [["condition", "condition", "bool"]],
    [],
  ),
  operation(
    "flow/setDelay",
    "Set delay",
    "flow",
    ["in", "cancel"],
    ["out", "err", "done"],
    [["duration", "duration", "float"]],
    [["lastDelayIndex", "last index", "int"]],
  ),
  operation(
    "math/eq",
    "Equal",
    "math",
    [],
    [],
    [
      ["a", "a", "int", ...FLOATS],
      ["b", "b", "int", ...FLOATS],
    ],
    [["value", "value", "bool"]],
  ),
  operation("math/random", "Random", "math", [], [], [], [["value", "value", "float"]]),
  operation(
    "math/add",
    "Add",
    "math",
    [],
    [],
    [
      ["a", "a", "int", ...FLOATS],
      ["b", "b", "int", ...FLOATS],
    ],
    [["value", "value", "float"]],
  ),
  operation(
    "pointer/set",
    "Set pointer",
    "pointer",
    ["in"],
    ["out", "err"],
    [["value", "value", "float3"]],
    [],
    {
      configuration: [
        { id: "pointer", label: "Pointer", kind: "pointer", required: true, default: [], choices: [] },
        { id: "type", label: "Type", kind: "typeSignature", required: true, default: [], choices: [] },
      ],
      help: "Writes value to the property the pointer names. Leaves through err if there is no such property.",
    },
  ),
  operation("variable/get", "Get variable", "variable", [], [], [], [["value", "value", "float3"]], {
    configuration: [
      { id: "variable", label: "Variable", kind: "variable", required: true, default: [], choices: [] },
    ],
  }),
];

/** How a node looks, from its operation alone. */
export function shapeOf(node: RecordData): NodeShape {
  const found = OPERATIONS.find((candidate) => candidate.op === node.op);
  const flow = (sockets: readonly { id: string; label: string }[]): Socket[] =>
    sockets.map(({ id, label }) => ({ id, label, signature: null, accepts: [], known: true }));
  const values = (sockets: Operation["valuesIn"]): Socket[] =>
    sockets.map(({ id, label, types }) => ({
      id,
      label,
      signature: types.length === 1 ? (types[0] ?? null) : null,
      accepts: types,
      known: true,
    }));
  return {
    title: found?.title ?? String(node.op),
    family: found?.family ?? "custom",
    known: found !== undefined,
    flowIn: flow(found?.flowIn ?? []),
    flowOut: flow(found?.flowOut ?? []),
    valuesIn: values(found?.valuesIn ?? []),
    valuesOut: values(found?.valuesOut ?? []),
  };
}
