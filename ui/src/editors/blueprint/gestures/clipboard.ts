/**
 * Parts of a graph as text on the clipboard, so that they can be pasted into another graph, another window or a
 * message. What comes back from the clipboard is anybody's text: everything is checked.
 */

import type { Graph } from "../graph/graph";
import {
  boundsOf,
  positionOf,
  rectOf,
  routeOf,
  sizeOf,
  textOf,
  isMap,
  type Change,
  type Fields,
  type FieldValue,
  type Gesture,
  type Point,
  type RecordData,
  type Records,
} from "../graph/records";
import { snap } from "../graph/snap";
import type { Picked } from "./changes";

/** Nodes with the wires between them, frames, and the variables and events the nodes name. */
export interface Fragment {
  nodes: Records;
  wires: Record<string, RecordData>;
  comments: Records;
  variables: Record<string, RecordData>;
  events: Record<string, RecordData>;
}

export type Parsed = { fragment: Fragment } | { problem: string };

export interface Pasted {
  gesture: Gesture;
  nodes: string[];
  comments: string[];
}

const FORMAT = "wissil/blueprint";
const VERSION = 1;
const MOST_CHARACTERS = 32_000_000;
const MOST_RECORDS = 50_000;
const RECORD_ID = /^[A-Za-z0-9_:-]{1,64}$/;
/** Which collection a configuration parameter names records of. */
const REFERENCES = { variable: "variables", variables: "variables", event: "events" } as const;
type Named = (typeof REFERENCES)[keyof typeof REFERENCES];
/** Fields that mean something only where the record was: its place on export and the body it stood in. */
const LOCAL_FIELDS = ["order", "function"];

export function fragmentOf(graph: Graph, picked: Pick<Picked, "nodes" | "comments">): Fragment | undefined {
  const { nodes, comments, variables, events } = graph.collections;
  const fragment: Fragment = {
    nodes: pick(nodes, picked.nodes),
    wires: {},
    comments: pick(comments, picked.comments),
    variables: {},
    events: {},
  };
  if (Object.keys(fragment.nodes).length + Object.keys(fragment.comments).length === 0) return undefined;
  for (const wire of graph.wires.values()) {
    if (wire.from.node in fragment.nodes && wire.to.node in fragment.nodes)
      fragment.wires[wire.id] = wire.record;
  }
  const sources = { variables, events };
  for (const node of Object.values(fragment.nodes)) {
    for (const { collection, id } of referencesOf(node)) {
      const record = sources[collection][id];
      if (record) fragment[collection][id] = record;
    }
  }
  return fragment;
}

export function serialise(fragment: Fragment): string {
  return JSON.stringify({ format: FORMAT, version: VERSION, ...fragment }, null, 1);
}

export function parse(text: string): Parsed {
  if (text.length > MOST_CHARACTERS) return { problem: "The clipboard holds too much to paste." };
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return { problem: "The clipboard holds no part of a Blueprint." };
  }
  if (!isMap(data) || data["format"] !== FORMAT)
    return { problem: "The clipboard holds no part of a Blueprint." };
  if (typeof data["version"] !== "number" || data["version"] > VERSION) {
    return { problem: "The clipboard holds a part of a Blueprint from a newer version." };
  }
  const nodes = records(data["nodes"], (node) => textOf(node, "op") !== "");
  const fragment: Fragment = {
    nodes,
    wires: records(
      data["wires"],
      (wire) =>
        (wire["kind"] === "flow" || wire["kind"] === "value") &&
        textOf(wire, "from") in nodes &&
        textOf(wire, "to") in nodes &&
        textOf(wire, "output") !== "" &&
        textOf(wire, "input") !== "",
    ),
    comments: records(data["comments"], () => true),
    variables: records(
      data["variables"],
      (variable) => textOf(variable, "name") !== "" && isMap(variable["initial"]),
    ),
    events: records(data["events"], () => true),
  };
  const count = Object.values(fragment).reduce((sum, part: Records) => sum + Object.keys(part).length, 0);
  if (count > MOST_RECORDS) return { problem: "The clipboard holds too much to paste." };
  if (Object.keys(nodes).length + Object.keys(fragment.comments).length === 0) {
    return { problem: "The clipboard holds a part of a Blueprint with nothing in it." };
  }
  return { fragment };
}

/**
 * The fragment as new records of the graph. With `around`, its middle comes to stand there; with `by`, it is moved by so
 * much. Variables and events are found by id or name and type; what is missing is created.
 */
export function paste(
  graph: Graph,
  fragment: Fragment,
  where: { around: Point } | { by: Point },
  newId: () => string,
  type: "graph.paste" | "graph.duplicate" = "graph.paste",
): Pasted {
  const by = "by" in where ? where.by : offsetTo(graph, fragment, where.around);
  const changes: Change[] = [];
  const put = (collection: string, record: Fields): string => {
    const id = newId();
    changes.push({ collection, id, put: record });
    return id;
  };
  const named = {
    variables: adopt(graph.collections.variables, fragment.variables, (record) => put("variables", record)),
    events: adopt(graph.collections.events, fragment.events, (record) => put("events", record)),
  };
  const nodes = new Map<string, string>();
  for (const [id, record] of Object.entries(fragment.nodes)) {
    nodes.set(id, put("nodes", renamed(shifted(record, by), named)));
  }
  for (const [, record] of Object.entries(fragment.wires)) {
    const route = routeOf(record).map(({ x, y }) => ({ x: x + by.x, y: y + by.y }));
    const { route: _, ...rest } = record;
    const input = textOf(record, "input");
    put("wires", {
      ...rest,
      from: nodes.get(textOf(record, "from")) ?? "",
      to: nodes.get(textOf(record, "to")) ?? "",
      input: named.variables.get(input) ?? input,
      ...(route.length > 0 && { route }),
    });
  }
  const comments = Object.values(fragment.comments).map((record) => put("comments", shifted(record, by)));
  return { gesture: { type, changes }, nodes: [...nodes.values()], comments };
}

/** Maps each carried record to one the graph has, by id and name or by name and type, or creates it. */
function adopt(existing: Records, carried: Records, create: (record: Fields) => string): Map<string, string> {
  const mapping = new Map<string, string>();
  const taken = new Set(Object.values(existing).map((record) => textOf(record, "name")));
  for (const [id, record] of Object.entries(carried)) {
    const name = textOf(record, "name");
    const here = existing[id];
    const match =
      here && textOf(here, "name") === name
        ? id
        : Object.entries(existing).find(
            ([, one]) => name !== "" && textOf(one, "name") === name && typeOf(one) === typeOf(record),
          )?.[0];
    if (match) {
      mapping.set(id, match);
      continue;
    }
    const copy = without(record, LOCAL_FIELDS);
    if (name !== "") {
      copy["name"] = freeName(name, taken);
      taken.add(textOf(copy, "name"));
    }
    mapping.set(id, create(copy));
  }
  return mapping;
}

function renamed(node: RecordData, named: Record<Named, ReadonlyMap<string, string>>): Fields {
  const result: Fields = {};
  const variable = "configuration.variables" in node ? named.variables : undefined;
  for (const [field, value] of Object.entries(node)) {
    const collection = collectionOf(field);
    if (collection) {
      const mapped = (one: FieldValue): FieldValue =>
        typeof one === "string" ? (named[collection].get(one) ?? one) : one;
      result[field] = Array.isArray(value) ? value.map(mapped) : mapped(value);
    } else if (variable && field.startsWith("values.")) {
      // Setting variables has one input per variable, called like it.
      const socket = field.slice("values.".length);
      result[`values.${variable.get(socket) ?? socket}`] = value;
    } else {
      result[field] = value;
    }
  }
  return result;
}

function referencesOf(node: RecordData): { collection: Named; id: string }[] {
  return Object.entries(node).flatMap(([field, value]) => {
    const collection = collectionOf(field);
    if (!collection) return [];
    const ids = Array.isArray(value) ? value : [value];
    return ids.flatMap((id) => (typeof id === "string" ? [{ collection, id }] : []));
  });
}

function collectionOf(field: string): Named | undefined {
  const parameter = field.startsWith("configuration.") ? field.slice("configuration.".length) : "";
  return Object.hasOwn(REFERENCES, parameter) ? REFERENCES[parameter as keyof typeof REFERENCES] : undefined;
}

function shifted(record: RecordData, by: Point): Fields {
  const { x, y } = positionOf(record);
  return { ...without(record, LOCAL_FIELDS), position: { x: x + by.x, y: y + by.y } };
}

/** What brings the middle of the fragment to a place, and its corner to the grid. */
function offsetTo(graph: Graph, fragment: Fragment, around: Point): Point {
  const bounds = boundsOf([
    ...Object.values(fragment.nodes).map((node) => rectOf(positionOf(node), graph.measure(node))),
    ...Object.values(fragment.comments).map((comment) => rectOf(positionOf(comment), sizeOf(comment))),
  ]);
  if (!bounds) return { x: 0, y: 0 };
  const corner = snap({ x: around.x - bounds.width / 2, y: around.y - bounds.height / 2 });
  return { x: Math.round(corner.x - bounds.x), y: Math.round(corner.y - bounds.y) };
}

function records(value: unknown, fits: (record: RecordData) => boolean): Record<string, RecordData> {
  if (!isMap(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, RecordData] => RECORD_ID.test(entry[0]) && isMap(entry[1]) && fits(entry[1]),
    ),
  );
}

function pick(from: Records, ids: ReadonlySet<string>): Records {
  return Object.fromEntries(
    [...ids].flatMap((id) => {
      const record = from[id];
      return record ? [[id, record]] : [];
    }),
  );
}

function without(record: RecordData, fields: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(record).filter(([field]) => !fields.includes(field)));
}

function typeOf(record: RecordData): unknown {
  const initial = record["initial"];
  return isMap(initial) ? initial["type"] : undefined;
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name} ${number}`;
  return free;
}
