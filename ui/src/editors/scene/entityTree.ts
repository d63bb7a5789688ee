/** The hierarchy of a scene, from its entities' parents. */
import type { Records } from "../../ipc/types";

export interface EntityTree {
  roots: readonly string[];
  childrenOf: (id: string) => readonly string[];
}

const NONE: readonly string[] = [];

export function entityTree(entities: Records): EntityTree {
  const roots: string[] = [];
  const children = new Map<string, string[]>();
  for (const [id, entity] of Object.entries(entities)) {
    const parent = entity.parent;
    if (typeof parent === "string" && parent in entities) {
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
  return { roots, childrenOf: (id) => children.get(id) ?? NONE };
}

export function orderOf(entities: Records, id: string): number {
  const order = entities[id]?.order;
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
export function topmost(entities: Records, ids: readonly string[]): string[] {
  const given = new Set(ids);
  return ids.filter((id) => !ancestors(entities, id).some((ancestor) => given.has(ancestor)));
}

/** From the parent up to the root. */
export function ancestors(entities: Records, id: string): string[] {
  const path: string[] = [];
  let parent = entities[id]?.parent;
  while (typeof parent === "string" && parent in entities && parent !== id && !path.includes(parent)) {
    path.push(parent);
    parent = entities[parent]?.parent;
  }
  return path;
}
