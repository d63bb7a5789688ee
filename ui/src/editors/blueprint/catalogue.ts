/** What the palette offers: the vocabulary's operations, and a getter and a setter for each variable of the graph. */

import { pointerTo } from "../../documents/pointer";
import type { Entry } from "../../graph/language";
import type { NodeShape, Operation, Socket } from "../../ipc/types";
import { isMap, textOf, type Literal, type RecordData, type Records } from "../../graph/model/records";

export function entriesOf(operations: readonly Operation[], variables: Records): Entry[] {
  return [...operations.map(entryOf), ...variableEntries(operations, variables)];
}

/** The keys of a variable's getter and setter. */
export const variableKeys = (id: string): readonly string[] => [`get ${id}`, `set ${id}`];

/** A getter and a setter for each variable. */
function variableEntries(operations: readonly Operation[], variables: Records): Entry[] {
  const get = operations.find(({ op }) => op === "variable/get");
  const set = operations.find(({ op }) => op === "variable/set");
  return Object.entries(variables).flatMap(([id, variable]) => [
    ...(get ? [getter(entryOf(get), id, variable)] : []),
    ...(set ? [setter(entryOf(set), id, variable)] : []),
  ]);
}

/** What people get and set of an entity; where the object model of glTF keeps it, and as what. */
const PROPERTIES = [
  { title: "position", path: "translation", type: "float3" },
  { title: "rotation", path: "rotation", type: "float4" },
  { title: "scale", path: "scale", type: "float3" },
  { title: "visibility", path: "extensions/KHR_node_visibility/visible", type: "bool" },
];

/** Of what can be added, a setter and a getter for each property of an entity. */
export function propertyEntries(entries: readonly Entry[], entity: string): Entry[] {
  return (["set", "get"] as const).flatMap((verb) => {
    const entry = entries.find(({ op }) => op === `pointer/${verb}`);
    if (!entry) return [];
    return PROPERTIES.map(({ title, path, type }): Entry => {
      const pointer = pointerTo({ collection: "entities", id: entity, rest: path });
      return {
        ...entry,
        key: `${verb} ${path} of ${entity}`,
        title: `${verb === "set" ? "Set" : "Get"} ${title}`,
        starts: { ...entry.starts, configuration: { pointer: [pointer], type: [type] } },
      };
    });
  });
}

/** How nodes look whose shape has not arrived yet, by operation. */
export function provisionalShapes(
  operations: readonly Operation[],
): (record: RecordData) => NodeShape | undefined {
  const shapes = new Map(operations.map((operation) => [operation.op, entryOf(operation).shape]));
  return (record) => shapes.get(textOf(record, "op"));
}

function entryOf(operation: Operation): Entry {
  const { op, extension, title, family, keywords, help } = operation;
  const values: Record<string, Literal> = {};
  for (const { id, types, default: start } of operation.valuesIn) {
    if (types[0] && start.length > 0) values[id] = { type: types[0], value: start };
  }
  return {
    key: extension ? `${extension} ${op}` : op,
    ...{ op, extension, title, keywords, help },
    shape: {
      ...{ title, family, known: true },
      flowIn: operation.flowIn.map(flowSocket),
      flowOut: operation.flowOut.map(flowSocket),
      valuesIn: operation.valuesIn.filter(isCurrent).map(valueSocket),
      valuesOut: operation.valuesOut.filter(isCurrent).map(valueSocket),
    },
    starts: { configuration: {}, values },
  };
}

function getter(get: Entry, id: string, variable: RecordData): Entry {
  const name = nameOf(variable);
  return {
    ...get,
    key: `get ${id}`,
    title: `Get ${name}`,
    keywords: [name, "variable", "read"],
    help: `Reads the variable ${name}.`,
    shape: { ...get.shape, title: `Get ${name}`, valuesOut: [typedSocket("value", "value", variable)] },
    starts: { configuration: { variable: [id] }, values: {} },
  };
}

function setter(set: Entry, id: string, variable: RecordData): Entry {
  const name = nameOf(variable);
  return {
    ...set,
    key: `set ${id}`,
    title: `Set ${name}`,
    keywords: [name, "variable", "write"],
    help: `Writes the variable ${name}.`,
    shape: { ...set.shape, title: `Set ${name}`, valuesIn: [typedSocket(id, name, variable)] },
    starts: { configuration: { variables: [id] }, values: {} },
  };
}

/** Sockets of older files stay out of new nodes. */
function isCurrent(socket: Operation["valuesIn"][number]): boolean {
  return socket.replaces === null;
}

function flowSocket({ id, label }: Operation["flowIn"][number]): Socket {
  return { id, label, known: true, signature: null, accepts: [] };
}

function valueSocket({ id, label, types }: Operation["valuesIn"][number]): Socket {
  const [only, ...others] = types;
  return {
    id,
    label,
    known: true,
    signature: only !== undefined && others.length === 0 ? only : null,
    accepts: types,
  };
}

function typedSocket(id: string, label: string, variable: RecordData): Socket {
  const initial = variable["initial"];
  const type = isMap(initial) && typeof initial["type"] === "string" ? initial["type"] : null;
  return { id, label, known: true, signature: type, accepts: type ? [type] : [] };
}

function nameOf(variable: RecordData): string {
  return textOf(variable, "name") || "unnamed";
}
