/** A Blueprint as a tree: nodes and comments by name, below each node its wires. */
import type { DocumentView } from "../../../documents/document";
import { textOf } from "../../../documents/reading";
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

export function outlineOf(view: Pick<DocumentView, "collections" | "shapes">): OutlineTree {
  const nodes = view.collections.nodes ?? {};
  const items = new Map<string, OutlineItem>();
  const children = new Map<string, string[]>();
  const titles = new Map<string, string>();
  for (const [id, node] of Object.entries(nodes)) {
    const name = nodeTitle(node, view.shapes[id]);
    titles.set(id, name);
    items.set(nodeKey(id), {
      name,
      detail: textOf(node, "op"),
      collection: "nodes",
      record: id,
      family: view.shapes[id]?.family ?? "unknown",
    });
  }
  for (const [id, wire] of Object.entries(view.collections.wires ?? {})) {
    const [from, to] = [textOf(wire, "from"), textOf(wire, "to")];
    const [output, input] = [textOf(wire, "output"), textOf(wire, "input")];
    const add = (node: string, side: "in" | "out", name: string) => {
      const key = `${side} ${id}`;
      items.set(key, { name, detail: String(wire.kind ?? ""), collection: "wires", record: id, family: "" });
      const list = children.get(nodeKey(node));
      if (list) list.push(key);
      else children.set(nodeKey(node), [key]);
    };
    add(to, "in", `${input} ← ${titles.get(from) ?? "?"} · ${output}`);
    add(from, "out", `${output} → ${titles.get(to) ?? "?"} · ${input}`);
  }
  for (const list of children.values()) list.sort((a, b) => (a < b ? -1 : 1));
  const comments = Object.entries(view.collections.comments ?? {});
  for (const [id, comment] of comments) {
    const name = textOf(comment, "text") || "Comment";
    items.set(commentKey(id), {
      name,
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
  const roots = [...Object.keys(nodes).map(nodeKey), ...comments.map(([id]) => commentKey(id))].sort(byName);
  return { roots, childrenOf: (id) => children.get(id) ?? NONE, items };
}
