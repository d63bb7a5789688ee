/** New things of a scene, and gestures that put entities together. */
import type { Change, FieldValue, Shape } from "../../ipc/types";
import { addEntity } from "./entityChanges";
import type { EntityGesture } from "./entityChanges";
import { entityTree, orderOf, topmost } from "./entityTree";
import type { Entities } from "./entityTree";
import { fieldsKeepingPlace } from "./transform";

/** What can be added that needs no mesh. */
export type Made = "empty" | "camera" | "directional" | "point" | "spot";

export const MADE: readonly { made: Made; title: string }[] = [
  { made: "empty", title: "Empty" },
  { made: "camera", title: "Camera" },
  { made: "directional", title: "Directional light" },
  { made: "point", title: "Point light" },
  { made: "spot", title: "Spot light" },
];

/** Watts of an ordinary lamp as candela, and an overcast day as lux. */
const CANDELA = 60;
const LUX = 3;
/** The shapes that can be added. */
export const SHAPES: readonly { shape: Shape; title: string }[] = [
  { shape: "cube", title: "Cube" },
  { shape: "sphere", title: "Sphere" },
  { shape: "cylinder", title: "Cylinder" },
  { shape: "cone", title: "Cone" },
  { shape: "plane", title: "Plane" },
  { shape: "capsule", title: "Capsule" },
];

/** A light that falls slanting from above: 50° down, turned by 30°. */
const SLANTED = [-0.4082, 0.2346, 0.1094, 0.8754];
/** Straight down, as lamps hang. */
const DOWN = [-Math.SQRT1_2, 0, 0, Math.SQRT1_2];

/** A new entity at the top of the hierarchy, at a place in the world. */
export function makeEntity(
  entities: Entities,
  made: Made,
  place: { translation: readonly number[]; rotation?: readonly number[] },
  newId: () => string,
): EntityGesture {
  const [id, part] = [newId(), newId()];
  const title = MADE.find((one) => one.made === made)?.title ?? "Entity";
  const name = freeTitle(entities, title);
  const translation = place.translation.map(tidy);
  const add = (fields: Record<string, FieldValue>, more: readonly Change[]): EntityGesture => {
    const gesture = addEntity(entities, entityTree(entities), null, "inside", id, {
      name,
      translation,
      ...fields,
    });
    return { ...gesture, changes: [...more, ...gesture.changes] };
  };
  if (made === "empty") return add({}, []);
  if (made === "camera") {
    const put = { name, projection: "perspective", yfov: 0.8, znear: 0.05, zfar: 1000 };
    const rotation = place.rotation?.map(tidy) ?? [0, 0, 0, 1];
    return add({ camera: part, rotation }, [{ collection: "cameras", id: part, put }]);
  }
  const cone = made === "spot" ? { inner_cone_angle: 0.4, outer_cone_angle: 0.6 } : {};
  const put = { name, kind: made, intensity: made === "directional" ? LUX : CANDELA, ...cone };
  const rotation = made === "directional" ? { rotation: SLANTED } : made === "spot" ? { rotation: DOWN } : {};
  return add({ light: part, ...rotation }, [{ collection: "lights", id: part, put }]);
}

/** What a new shape's entity is called and where it stands: last at the top of the hierarchy. */
export function shapeEntity(entities: Entities, shape: Shape, translation: readonly number[], id: string) {
  const title = SHAPES.find((one) => one.shape === shape)?.title ?? "Shape";
  const { roots } = entityTree(entities);
  const last = roots.at(-1);
  const [x = 0, y = 0, z = 0] = translation.map(tidy);
  return {
    id,
    name: freeTitle(entities, title),
    order: last === undefined ? 0 : orderOf(entities, last) + 1,
    translation: [x, y, z] as [number, number, number],
  };
}

/** A group of entities where they are: a new parent in the middle of them, where the first of them hung. */
export function groupEntities(
  entities: Entities,
  ids: readonly string[],
  middle: readonly number[],
  id: string,
): EntityGesture | undefined {
  const tops = topmost(entities, ids);
  const [first] = tops;
  if (first === undefined) return undefined;
  const parent = entities.get(first)?.parent;
  const above = typeof parent === "string" && entities.has(parent) ? parent : null;
  const world = {
    name: freeTitle(entities, "Group"),
    order: orderOf(entities, first),
    translation: middle.map(tidy),
  };
  // It stands in the middle of them in the world, wherever it hangs.
  const placed = above === null ? {} : fieldsKeepingPlace(new Map([...entities, [id, world]]), id, above);
  const put = withoutNulls({ ...world, ...placed, ...(above === null ? {} : { parent: above }) });
  const grouped = new Map([...entities, [id, put]]);
  const changes: Change[] = tops.map((top, order) => ({
    collection: "entities",
    id: top,
    set: { parent: id, order, ...fieldsKeepingPlace(grouped, top, id) },
  }));
  return {
    eventType: "entity.group",
    changes: [{ collection: "entities", id, put }, ...changes],
    select: [id],
  };
}

/** Takes groups apart: what hangs in them comes where they hang, and stays where it is; undefined where none is a group. */
export function ungroupEntities(entities: Entities, ids: readonly string[]): EntityGesture | undefined {
  const tree = entityTree(entities);
  const groups = ids.filter((id) => isGroup(entities, id) && tree.childrenOf(id).length > 0);
  if (groups.length === 0) return undefined;
  const changes: Change[] = [];
  const select: string[] = [];
  for (const group of topmost(entities, groups)) {
    const parent = entities.get(group)?.parent;
    const above = typeof parent === "string" && entities.has(parent) ? parent : null;
    const children = tree.childrenOf(group);
    children.forEach((child, at) => {
      const order = orderOf(entities, group) + at / (children.length + 1);
      const set = { parent: above, order, ...fieldsKeepingPlace(entities, child, above) };
      changes.push({ collection: "entities", id: child, set });
      select.push(child);
    });
    changes.push({ collection: "entities", id: group, remove: true });
  }
  return { eventType: "entity.ungroup", changes, select };
}

/** Whether an entity is nothing but a parent. */
function isGroup(entities: Entities, id: string): boolean {
  const entity = entities.get(id);
  return (
    entity !== undefined && !["mesh", "camera", "light", "skin"].some((part) => entity[part] !== undefined)
  );
}

/** `Camera`, or where that is taken `Camera 2`. */
function freeTitle(entities: Entities, title: string): string {
  const taken = new Set(Array.from(entities.values(), ({ name }) => name));
  let [name, count] = [title, 1];
  while (taken.has(name)) name = `${title} ${(count += 1)}`;
  return name;
}

function withoutNulls(fields: Record<string, FieldValue | null>): Record<string, FieldValue> {
  const given = Object.entries(fields).filter((entry): entry is [string, FieldValue] => entry[1] !== null);
  return Object.fromEntries(given);
}

/** Micrometres are finer than anybody places things. */
function tidy(value: number): number {
  return Math.round(value * 1e6) / 1e6 + 0;
}
