/** A Blueprint as a tree: nodes and comments by name, below each node its wires. */
import { textOf } from "../../../documents/reading";
import { LOOKS } from "../../../documents/records";
import type { Derived, DocumentRecords } from "../../../documents/records";
import { shapeOf } from "../../../graph/model/shape";
import { nodeTitle } from "../words";

export interface OutlineItem {
  name: string;
  detail: string;
  collection: "nodes" | "wires" | "comments";
  record: string;
  family: string;
}

export interface OutlineTree {
  roots: readonly string[];
  childrenOf: (id: string) => readonly string[];
  items: ReadonlyMap<string, OutlineItem>;
}

const NONE: readonly string[] = [];

/** Rows of different collections may bear the same record id. A wire has two rows, one at each end. */
export const nodeKey = (id: string) => `node ${id}`;
export const commentKey = (id: string) => `comment ${id}`;
export const wireKeys = (id: string) => [`in ${id}`, `out ${id}`];

/** The nodes and comments of a Blueprint by name; where they stand and what they hold is nothing to it. */
const NAMED: Derived<Pick<OutlineTree, "roots" | "items">> = {
  from: { nodes: ["label", "op"], comments: ["text"], [LOOKS]: ["title", "family"] },
  make: namedOf,
};

/** The outline of an open Blueprint. */
export const OUTLINE: Derived<OutlineTree> = {
  from: { ...NAMED.from, wires: ["from", "output", "to", "input", "kind"] },
  make: outlineOf,
};

function namedOf(records: DocumentRecords): Pick<OutlineTree, "roots" | "items"> {
  const items = new Map<string, OutlineItem>();
  for (const [id, node] of records.all("nodes")) {
    const shape = shapeOf(records, id);
    items.set(nodeKey(id), {
      name: nodeTitle(node, shape),
      detail: textOf(node, "op"),
      collection: "nodes",
      record: id,
      family: shape?.family ?? "unknown",
    });
  }
  for (const [id, comment] of records.all("comments")) {
    items.set(commentKey(id), {
      name: textOf(comment, "text") || "Comment",
      detail: "comment",
      collection: "comments",
      record: id,
      family: "comment",
    });
  }
  const byName = (a: string, b: string) => {
    const [first, second] = [items.get(a)?.name ?? "", items.get(b)?.name ?? ""];
    return first.localeCompare(second) || (a < b ? -1 : 1);
  };
  return { roots: [...items.keys()].sort(byName), items };
}

export function outlineOf(records: DocumentRecords): OutlineTree {
  const { roots, items: named } = records.derive(NAMED);
  const items = new Map(named);
  const children = new Map<string, string[]>();
  const titleOf = (node: string) => named.get(nodeKey(node))?.name ?? "?";
  for (const [id, wire] of records.all("wires")) {
    const [from, to] = [textOf(wire, "from"), textOf(wire, "to")];
    const [output, input] = [textOf(wire, "output"), textOf(wire, "input")];
    const add = (node: string, side: "in" | "out", name: string) => {
      const key = `${side} ${id}`;
      items.set(key, { name, detail: String(wire.kind ?? ""), collection: "wires", record: id, family: "" });
      const list = children.get(nodeKey(node));
      if (list) list.push(key);
      else children.set(nodeKey(node), [key]);
    };
    add(to, "in", `${input} ← ${titleOf(from)} · ${output}`);
    add(from, "out", `${output} → ${titleOf(to)} · ${input}`);
  }
  for (const list of children.values()) list.sort((a, b) => (a < b ? -1 : 1));
  return { roots, childrenOf: (id) => children.get(id) ?? NONE, items };
}
