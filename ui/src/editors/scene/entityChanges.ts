/** What each gesture in the hierarchy writes. */
import type { Change, RecordData } from "../../ipc/types";
import type { DropPlace } from "../../design";
import { ancestors, orderOf, subtrees, topmost } from "./entityTree";
import type { Entities, EntityTree } from "./entityTree";
import { fieldsKeepingPlace } from "./transform";

export interface EntityGesture {
  eventType: string;
  changes: Change[];
  /** What should be selected afterwards. */
  select: string[];
}

/** A new entity: the last child of the target, or its next sibling. Without a target, the last at the top. */
export function addEntity(
  entities: Entities,
  tree: EntityTree,
  target: string | null,
  place: "inside" | "after",
  id: string,
  fields: Record<string, RecordData[string]>,
): EntityGesture {
  const parent = target === null || place === "inside" ? target : parentOf(entities, target);
  const siblings = parent === null ? tree.roots : tree.childrenOf(parent);
  const order =
    target === null || place === "inside"
      ? afterLast(entities, siblings)
      : between(entities, siblings, target);
  const put = { ...fields, order, ...(parent === null ? {} : { parent }) };
  return { eventType: "entity.add", changes: [{ collection: "entities", id, put }], select: [id] };
}

/** The entities with everything below them. */
export function deleteEntities(tree: EntityTree, ids: readonly string[]): EntityGesture {
  const changes = subtrees(tree, ids).map((id): Change => ({ collection: "entities", id, remove: true }));
  return { eventType: "entity.delete", changes, select: [] };
}

/** Copies of the entities with everything below them, beside the originals. */
export function duplicateEntities(
  entities: Entities,
  tree: EntityTree,
  ids: readonly string[],
  newId: () => string,
): EntityGesture {
  const tops = topmost(entities, ids);
  const copies = new Map(subtrees(tree, tops).map((id) => [id, newId()]));
  const changes = [...copies].map(([id, copy]): Change => {
    // Its place in the source file stays the original's.
    const { index: _index, ...record } = entities.get(id) ?? {};
    const put = { ...record };
    const parent = typeof record.parent === "string" ? copies.get(record.parent) : undefined;
    if (parent !== undefined) put.parent = parent;
    if (tops.includes(id)) {
      const siblings = siblingsOf(entities, tree, id);
      put.order = between(entities, siblings, id);
      put.name = freeName(String(record.name ?? ""), siblings, entities);
    }
    return { collection: "entities", id: copy, put };
  });
  return { eventType: "entity.duplicate", changes, select: tops.flatMap((id) => copies.get(id) ?? []) };
}

/**
 * Moves entities to a place in the tree, keeping them where they are in the world; undefined where that is none, such as
 * below themselves.
 */
export function moveEntities(
  entities: Entities,
  tree: EntityTree,
  ids: readonly string[],
  target: string | null,
  place: DropPlace,
): EntityGesture | undefined {
  const moved = topmost(entities, ids);
  const parent = target === null || place === "inside" ? target : parentOf(entities, target);
  if (
    parent !== null &&
    (moved.includes(parent) || ancestors(entities, parent).some((id) => moved.includes(id)))
  ) {
    return undefined;
  }
  const siblings = (parent === null ? tree.roots : tree.childrenOf(parent)).filter(
    (id) => !moved.includes(id),
  );
  const at =
    target === null || place === "inside"
      ? siblings.length
      : siblings.indexOf(target) + (place === "after" ? 1 : 0);
  const orders = ordersAt(entities, siblings, at, moved.length);
  const changes: Change[] = moved.map((id, index) => ({
    collection: "entities",
    id,
    set: {
      parent,
      order: orders.moved[index] ?? 0,
      ...(parentOf(entities, id) === parent ? {} : fieldsKeepingPlace(entities, id, parent)),
    },
  }));
  for (const [id, order] of orders.renumbered) changes.push({ collection: "entities", id, set: { order } });
  const isSame = changes.every(
    (change) =>
      "set" in change &&
      change.set.order === orderOf(entities, change.id) &&
      parentOf(entities, change.id) === parent,
  );
  return isSame ? undefined : { eventType: "entity.reparent", changes, select: moved };
}

/** Orders for new siblings at a place. Where there is no room between two equal orders, the siblings are renumbered. */
function ordersAt(entities: Entities, siblings: readonly string[], at: number, count: number) {
  const before = siblings[at - 1];
  const after = siblings[at];
  const low = before === undefined ? undefined : orderOf(entities, before);
  const high = after === undefined ? undefined : orderOf(entities, after);
  if (low !== undefined && high !== undefined && high - low < 1e-6) {
    const renumbered = siblings.map((id, index): [string, number] => [
      id,
      index < at ? index : index + count,
    ]);
    const changed = renumbered.filter(([id, order]) => orderOf(entities, id) !== order);
    return { moved: Array.from({ length: count }, (_, index) => at + index), renumbered: changed };
  }
  const start = low ?? (high ?? count) - count - 1;
  const step = high === undefined ? 1 : (high - start) / (count + 1);
  return { moved: Array.from({ length: count }, (_, index) => start + step * (index + 1)), renumbered: [] };
}

function between(entities: Entities, siblings: readonly string[], id: string): number {
  const order = orderOf(entities, id);
  const next = siblings[siblings.indexOf(id) + 1];
  const after = next === undefined ? order + 2 : orderOf(entities, next);
  return after > order ? (order + after) / 2 : order;
}

function afterLast(entities: Entities, siblings: readonly string[]): number {
  const last = siblings.at(-1);
  return last === undefined ? 0 : orderOf(entities, last) + 1;
}

function parentOf(entities: Entities, id: string): string | null {
  const parent = entities.get(id)?.parent;
  return typeof parent === "string" && entities.has(parent) ? parent : null;
}

function siblingsOf(entities: Entities, tree: EntityTree, id: string): readonly string[] {
  const parent = parentOf(entities, id);
  return parent === null ? tree.roots : tree.childrenOf(parent);
}

/** The copy's name: the first that no sibling bears. */
function freeName(name: string, siblings: readonly string[], entities: Entities): string {
  const taken = new Set(siblings.map((id) => entities.get(id)?.name));
  let free = copyName(name);
  while (taken.has(free)) free = copyName(free);
  return free;
}

/** `Mole` is copied as `Mole 2`, `Mole 2` as `Mole 3`. */
export function copyName(name: string): string {
  const match = /^(.*?)\s+(\d+)$/.exec(name);
  return match ? `${match[1] ?? ""} ${Number(match[2]) + 1}` : `${name} 2`;
}
