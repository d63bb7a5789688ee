/** What graphs can refer to: the records of the project's scenes, by name. */
import { useStore } from "zustand";

import type { PickerOption } from "../design";
import { useDerived } from "../documents/document";
import type { RecordData } from "../ipc/types";
import { textOf } from "../documents/reading";
import type { Derived, DocumentRecords } from "../documents/records";
import { sessionStore } from "./session";

/** The collections that graphs refer to most, in the order in which they are offered. */
const OFFERED = ["entities", "materials", "cameras", "lights", "animations", "meshes"] as const;

const NOUNS: Readonly<Record<string, string>> = {
  entities: "Entity",
  materials: "Material",
  cameras: "Camera",
  lights: "Light",
  animations: "Animation",
  meshes: "Mesh",
};

const NONE: readonly PickerOption[] = [];

/** The key of a record among the targets. */
export const targetKey = (collection: string, id: string): string => `${collection} ${id}`;

/** The collection and the id of a key. */
export function targetOfKey(key: string): { collection: string; id: string } {
  const at = key.indexOf(" ");
  return { collection: key.slice(0, at), id: key.slice(at + 1) };
}

/** The records of the scene that may be referred to, of these collections or of all. */
export function useTargets(collections: readonly string[] = OFFERED): readonly PickerOption[] {
  // A file holds one scene, and so does a project that is to become one.
  const scene = useStore(
    sessionStore,
    ({ status }) => status.documents.find(({ kind }) => kind === "scene")?.id,
  );
  return useDerived(scene ?? "", targetsOf(collections)) ?? NONE;
}

/** By the names of the collections. */
const made = new Map<string, Derived<readonly PickerOption[]>>();

function targetsOf(collections: readonly string[]): Derived<readonly PickerOption[]> {
  const key = collections.join();
  const derived = made.get(key) ?? {
    from: Object.fromEntries(
      [...collections, "entities"].map((collection) => [collection, ["name", "parent"]]),
    ),
    make: (records) => collections.flatMap((collection) => optionsOf(records, collection)),
  };
  made.set(key, derived);
  return derived;
}

function optionsOf(records: DocumentRecords, collection: string): PickerOption[] {
  const noun = NOUNS[collection] ?? collection;
  return [...records.all(collection)]
    .map(([id, record]) => ({
      value: targetKey(collection, id),
      label: textOf(record, "name") || noun,
      detail: parentOf(records, record) ?? noun.toLowerCase(),
    }))
    .sort((a, b) => a.label.localeCompare(b.label));
}

/** Parts of several things often bear one name: what they hang under tells them apart. */
function parentOf(records: DocumentRecords, { parent }: RecordData): string | undefined {
  const name = typeof parent === "string" ? textOf(records.get("entities", parent), "name") : "";
  return name === "" ? undefined : `of ${name}`;
}
