/** The hierarchy of a scene, from its entities' parents. */
import type { Derived } from "../../documents/records";
import type { RecordData } from "../../ipc/types";

/** The entities of a scene by id, as they are at any time. */
export type Entities = ReadonlyMap<string, RecordData>;

export interface EntityTree {
  roots: readonly string[];
  childrenOf: (id: string) => readonly string[];
  /** Those that have children. */
  parents: () => Iterable<string>;
  /** How many entities there are. */
  size: number;
}

const NONE: readonly string[] = [];

export function entityTree(entities: Entities): EntityTree {
  const roots: string[] = [];
  const children = new Map<string, string[]>();
  for (const [id, entity] of entities) {
    const parent = entity.parent;
    if (typeof parent === "string" && entities.has(parent)) {
      const siblings = children.get(parent);
      if (siblings) siblings.push(id);
      else children.set(parent, [id]);
    } else {
      roots.push(id);
    }
  }
  const byOrder = (a: string, b: string) => orderOf(entities, a) - orderOf(entities, b) || (a < b ? -1 : 1);
  roots.sort(byOrder);
  for (const siblings of children.values()) siblings.sort(byOrder);
  return {
    roots,
    childrenOf: (id) => children.get(id) ?? NONE,
    parents: () => children.keys(),
    size: entities.size,
  };
}

/** The hierarchy of an open scene. */
export const TREE: Derived<EntityTree> = {
  from: { entities: ["parent", "order"] },
  make: (records) => entityTree(records.all("entities")),
};

export function orderOf(entities: Entities, id: string): number {
  const order = entities.get(id)?.order;
  return typeof order === "number" ? order : 0;
}

/** The entities and everything below them, parents before children. */
export function subtrees(tree: EntityTree, ids: readonly string[]): string[] {
  const found = new Set<string>();
  const stack = [...ids].reverse();
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    stack.push(...[...tree.childrenOf(id)].reverse());
  }
  return [...found];
}

/** Of several entities those that do not hang below another of them. */
export function topmost(entities: Entities, ids: readonly string[]): string[] {
  const given = new Set(ids);
  return ids.filter((id) => !ancestors(entities, id).some((ancestor) => given.has(ancestor)));
}

/** From the parent up to the root. */
export function ancestors(entities: Entities, id: string): string[] {
  const path: string[] = [];
  let parent = entities.get(id)?.parent;
  while (typeof parent === "string" && entities.has(parent) && parent !== id && !path.includes(parent)) {
    path.push(parent);
    parent = entities.get(parent)?.parent;
  }
  return path;
}
