/**
 * Parts of a graph as text on the clipboard, so that they can be pasted into another graph, another window or a
 * message. What comes back from the clipboard is anybody's text: everything is checked.
 */

import { namedRecords, type GraphLanguage, type NamedCollection } from "../language";
import type { Graph } from "../model/graph";
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
} from "../model/records";
import { GRID, snap } from "../model/snap";
import type { Picked } from "./changes";

/** Nodes with the wires between them, frames, and the records the nodes name. */
export interface Fragment {
  nodes: Records;
  wires: Record<string, RecordData>;
  comments: Records;
  /** By collection. */
  named: Record<string, Record<string, RecordData>>;
}

export type Parsed = { fragment: Fragment } | { problem: string };

export interface Pasted {
  gesture: Gesture;
  nodes: string[];
  comments: string[];
}

const VERSION = 1;
/** How far a copy stands from another that would cover it. */
const PASTE_STEP = 6 * GRID;
const MOST_CHARACTERS = 32_000_000;
const MOST_RECORDS = 50_000;
const RECORD_ID = /^[A-Za-z0-9_:-]{1,64}$/;
/** Fields that mean something only where the record was: its place on export and the body it stood in. */
const LOCAL_FIELDS = ["order", "function"];

export function fragmentOf(graph: Graph, picked: Pick<Picked, "nodes" | "comments">): Fragment | undefined {
  const fragment: Fragment = {
    nodes: pick(graph.nodes, picked.nodes),
    wires: {},
    comments: pick(graph.comments, picked.comments),
    named: Object.fromEntries(graph.language.named.map(({ collection }) => [collection, {}])),
  };
  if (Object.keys(fragment.nodes).length + Object.keys(fragment.comments).length === 0) return undefined;
  for (const wire of graph.wires.values()) {
    if (wire.from.node in fragment.nodes && wire.to.node in fragment.nodes)
      fragment.wires[wire.id] = wire.record;
  }
  for (const node of Object.values(fragment.nodes)) {
    for (const { collection, id } of referencesOf(graph.language, node)) {
      const record = namedRecords(graph, collection)[id];
      if (record) (fragment.named[collection] ??= {})[id] = record;
    }
  }
  return fragment;
}

export function serialise(language: GraphLanguage, { named, ...fragment }: Fragment): string {
  return JSON.stringify({ format: formatOf(language), version: VERSION, ...fragment, ...named }, null, 1);
}

export function parse(language: GraphLanguage, text: string): Parsed {
  const { title } = language;
  if (text.length > MOST_CHARACTERS) return { problem: "The clipboard holds too much to paste." };
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return { problem: `The clipboard holds no part of a ${title}.` };
  }
  if (!isMap(data) || data["format"] !== formatOf(language))
    return { problem: `The clipboard holds no part of a ${title}.` };
  if (typeof data["version"] !== "number" || data["version"] > VERSION) {
    return { problem: `The clipboard holds a part of a ${title} from a newer version.` };
  }
  const given = data;
  const nodes = records(given["nodes"], (node) => textOf(node, "op") !== "");
  const fragment: Fragment = {
    nodes,
    wires: records(
      given["wires"],
      (wire) =>
        (wire["kind"] === "flow" || wire["kind"] === "value") &&
        textOf(wire, "from") in nodes &&
        textOf(wire, "to") in nodes &&
        textOf(wire, "output") !== "" &&
        textOf(wire, "input") !== "",
    ),
    comments: records(given["comments"], () => true),
    named: Object.fromEntries(
      language.named.map(({ collection, isRecord }) => [collection, records(given[collection], isRecord)]),
    ),
  };
  const parts = [fragment.nodes, fragment.wires, fragment.comments, ...Object.values(fragment.named)];
  const count = parts.reduce((sum, part) => sum + Object.keys(part).length, 0);
  if (count > MOST_RECORDS) return { problem: "The clipboard holds too much to paste." };
  if (Object.keys(nodes).length + Object.keys(fragment.comments).length === 0) {
    return { problem: `The clipboard holds a part of a ${title} with nothing in it.` };
  }
  return { fragment };
}

/** What marks the text: which kind of graph it is a part of. */
function formatOf({ kind }: GraphLanguage): string {
  return `wissil/${kind}`;
}

/**
 * The fragment as new records of the graph. With `around`, its middle comes to stand there; with `by`, it is moved by so
 * much. The records that nodes name are found by id or name and type; what is missing is created.
 */
export function paste(
  graph: Graph,
  fragment: Fragment,
  where: { around: Point } | { by: Point },
  newId: () => string,
  type: "graph.paste" | "graph.duplicate" = "graph.paste",
): Pasted {
  const by = besideOthers(
    graph,
    fragment,
    "by" in where ? where.by : offsetTo(graph, fragment, where.around),
  );
  const changes: Change[] = [];
  const put = (collection: string, record: Fields): string => {
    const id = newId();
    changes.push({ collection, id, put: record });
    return id;
  };
  const named = graph.language.named.map((each): Adopted => ({
    ...each,
    ids: adopt(namedRecords(graph, each.collection), fragment.named[each.collection] ?? {}, each, (record) =>
      put(each.collection, record),
    ),
  }));
  const nodes = new Map<string, string>();
  for (const [id, record] of Object.entries(fragment.nodes)) {
    nodes.set(id, put("nodes", renamed(shifted(record, by), named)));
  }
  // An input that is called by a record's id is called by the new one's.
  const inputs = named.filter(({ sockets }) => sockets !== undefined).map(({ ids }) => ids);
  for (const [, record] of Object.entries(fragment.wires)) {
    const route = routeOf(record).map(({ x, y }) => ({ x: x + by.x, y: y + by.y }));
    const { route: _, ...rest } = record;
    const input = textOf(record, "input");
    put("wires", {
      ...rest,
      from: nodes.get(textOf(record, "from")) ?? "",
      to: nodes.get(textOf(record, "to")) ?? "",
      input: inputs.map((ids) => ids.get(input)).find((id) => id !== undefined) ?? input,
      ...(route.length > 0 && { route }),
    });
  }
  const comments = Object.values(fragment.comments).map((record) => put("comments", shifted(record, by)));
  return { gesture: { type, changes }, nodes: [...nodes.values()], comments };
}

/** A collection with the ids that its carried records have in the graph. */
interface Adopted extends NamedCollection {
  ids: ReadonlyMap<string, string>;
}

/** Maps each carried record to one the graph has, by id and name or by name and type, or creates it. */
function adopt(
  existing: Records,
  carried: Records,
  { typeOf }: NamedCollection,
  create: (record: Fields) => string,
): Map<string, string> {
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

function renamed(node: RecordData, named: readonly Adopted[]): Fields {
  const result: Fields = {};
  const sockets = named.find((each) => each.sockets !== undefined && `configuration.${each.sockets}` in node);
  for (const [field, value] of Object.entries(node)) {
    const ids = named.find((each) => holdsIds(each, field))?.ids;
    if (ids) {
      const mapped = (one: FieldValue): FieldValue => (typeof one === "string" ? (ids.get(one) ?? one) : one);
      result[field] = Array.isArray(value) ? value.map(mapped) : mapped(value);
    } else if (sockets && field.startsWith("values.")) {
      const socket = field.slice("values.".length);
      result[`values.${sockets.ids.get(socket) ?? socket}`] = value;
    } else {
      result[field] = value;
    }
  }
  return result;
}

function referencesOf({ named }: GraphLanguage, node: RecordData): { collection: string; id: string }[] {
  return Object.entries(node).flatMap(([field, value]) => {
    const collection = named.find((each) => holdsIds(each, field))?.collection;
    if (collection === undefined) return [];
    const ids = Array.isArray(value) ? value : [value];
    return ids.flatMap((id) => (typeof id === "string" ? [{ collection, id }] : []));
  });
}

/** Whether a field of a node holds ids of the collection's records. */
function holdsIds({ parameters }: NamedCollection, field: string): boolean {
  return field.startsWith("configuration.") && parameters.includes(field.slice("configuration.".length));
}

function shifted(record: RecordData, by: Point): Fields {
  const { x, y } = positionOf(record);
  return { ...without(record, LOCAL_FIELDS), position: { x: x + by.x, y: y + by.y } };
}

/** Moved on while something of it would stand exactly on what is there: pasted again and again, each is seen. */
function besideOthers(graph: Graph, { nodes, comments }: Fragment, by: Point): Point {
  const key = ({ x, y }: Point, { x: right, y: down }: Point = { x: 0, y: 0 }) => `${x + right} ${y + down}`;
  const there = [...graph.nodes.values(), ...graph.comments.values()].map(({ record }) => record);
  const taken = new Set(there.map((record) => key(positionOf(record))));
  const places = [...Object.values(nodes), ...Object.values(comments)].map(positionOf);
  let free = by;
  while (places.some((place) => taken.has(key(place, free)))) {
    free = { x: free.x + PASTE_STEP, y: free.y + PASTE_STEP };
  }
  return free;
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

function pick(from: ReadonlyMap<string, { record: RecordData }>, ids: ReadonlySet<string>): Records {
  return Object.fromEntries(
    [...ids].flatMap((id) => {
      const found = from.get(id);
      return found ? [[id, found.record]] : [];
    }),
  );
}

function without(record: RecordData, fields: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(record).filter(([field]) => !fields.includes(field)));
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name} ${number}`;
  return free;
}
