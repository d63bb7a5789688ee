/** What records are called, for lists and trees. */
import type { Collections, FieldValue, NodeShape, Operation, RecordData } from "../ipc";
import type { DocumentView } from "../documents/document";

/** A field's text; empty when it is absent or something else. */
export function textOf(record: RecordData | undefined, field: string): string {
  const value = record?.[field];
  return typeof value === "string" ? value : "";
}

export function nodeTitle(
  node: RecordData | undefined,
  shape: NodeShape | undefined,
  operation?: Operation,
): string {
  return textOf(node, "label") || shape?.title || operation?.title || textOf(node, "op") || "Node";
}

/** `Branch · true → Set pointer · in`, shortened where a socket has no label of its own. */
export function wireTitle(view: Pick<DocumentView, "collections" | "shapes">, wire: RecordData): string {
  const end = (node: string, socket: string, side: "out" | "in") => {
    const shape = view.shapes[node];
    const sockets =
      side === "out"
        ? [...(shape?.flowOut ?? []), ...(shape?.valuesOut ?? [])]
        : [...(shape?.flowIn ?? []), ...(shape?.valuesIn ?? [])];
    const label = sockets.find((candidate) => candidate.id === socket)?.label ?? socket;
    const title = nodeTitle(view.collections.nodes?.[node], shape);
    return label ? `${title} · ${label}` : title;
  };
  return `${end(textOf(wire, "from"), textOf(wire, "output"), "out")} → ${end(textOf(wire, "to"), textOf(wire, "input"), "in")}`;
}

const SINGULAR: Readonly<Record<string, string>> = {
  nodes: "Node",
  wires: "Wire",
  variables: "Variable",
  events: "Custom event",
  functions: "Function",
  comments: "Comment",
  entities: "Entity",
  materials: "Material",
  cameras: "Camera",
  lights: "Light",
  meshes: "Mesh",
};

export function collectionWord(collection: string): string {
  return SINGULAR[collection] ?? collection;
}

export function recordTitle(
  view: Pick<DocumentView, "collections" | "shapes">,
  collection: string,
  id: string,
): string {
  const record = view.collections[collection]?.[id];
  if (!record) return collectionWord(collection);
  if (collection === "nodes") return nodeTitle(record, view.shapes[id]);
  if (collection === "wires") return wireTitle(view, record);
  return textOf(record, "name") || textOf(record, "text") || collectionWord(collection);
}

/** Ids in the order lists show them: by a number field, absent last, then by id, which is by age. */
export function orderedIds(records: Collections[string] | undefined, field: string): string[] {
  const order = (value: FieldValue | undefined) => (typeof value === "number" ? value : Infinity);
  return Object.entries(records ?? {})
    .sort(([idA, a], [idB, b]) => {
      const byOrder = order(a[field]) - order(b[field]);
      return (Number.isNaN(byOrder) ? 0 : byOrder) || (idA < idB ? -1 : 1);
    })
    .map(([id]) => id);
}
