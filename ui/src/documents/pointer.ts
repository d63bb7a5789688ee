/** Pointers into glTF's object model, as documents write them: `/nodes/<record id>/translation`. */
import { LISTS } from "../ipc/records";

/** The record of a scene that a pointer begins with. */
export interface PointerTarget {
  collection: string;
  id: string;
  /** What follows the record: `translation`; empty for the record itself. */
  rest: string;
}

/** The record a pointer begins with; undefined for pointers to anything else, or where an input says which one. */
export function pointerTarget(pointer: string): PointerTarget | undefined {
  for (const [collection, list] of Object.entries(LISTS)) {
    const start = `/${list}/`;
    if (!pointer.startsWith(start)) continue;
    const path = pointer.slice(start.length);
    const end = path.indexOf("/");
    const id = end < 0 ? path : path.slice(0, end);
    const rest = end < 0 ? "" : path.slice(end + 1);
    return /^[\w:-]{1,64}$/.test(id) ? { collection, id, rest } : undefined;
  }
  return undefined;
}

export function pointerTo({ collection, id, rest }: PointerTarget): string {
  const record = `/${LISTS[collection] ?? collection}/${id}`;
  return rest === "" ? record : `${record}/${rest}`;
}

/** What people most often change of a record. */
const USUAL: Readonly<Record<string, string>> = {
  entities: "translation",
  materials: "pbrMetallicRoughness/baseColorFactor",
  cameras: "perspective/yfov",
  lights: "intensity",
};

/** A pointer to the same property of another record; to a usual one where the records are not alike. */
export function retargeted(pointer: string, collection: string, id: string): string {
  const start = `/${LISTS[collection] ?? collection}/`;
  const [, ...path] = pointer.startsWith(start) ? pointer.slice(start.length).split("/") : [""];
  const rest = path.join("/");
  return pointerTo({ collection, id, rest: rest === "" ? (USUAL[collection] ?? "") : rest });
}
