/** What graphs can refer to: the records of the project's scenes, by name. */
import { useMemo } from "react";
import { useStore } from "zustand";

import type { PickerOption } from "../design";
import { useDocument } from "../documents/document";
import type { DocumentView } from "../documents/document";
import type { RecordData } from "../ipc/types";
import { textOf } from "../documents/reading";
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
  const view = useDocument(scene ?? "");
  return useMemo(
    () => (view ? collections.flatMap((collection) => optionsOf(view, collection)) : NONE),
    [view, collections],
  );
}

function optionsOf(view: DocumentView, collection: string): PickerOption[] {
  const noun = NOUNS[collection] ?? collection;
  return Object.entries(view.collections[collection] ?? {})
    .map(([id, record]) => ({
      value: targetKey(collection, id),
      label: textOf(record, "name") || noun,
      detail: parentOf(view, record) ?? noun.toLowerCase(),
    }))
    .sort((a, b) => a.label.localeCompare(b.label));
}

/** Parts of several things often bear one name: what they hang under tells them apart. */
function parentOf(view: DocumentView, { parent }: RecordData): string | undefined {
  const name = typeof parent === "string" ? textOf(view.records.get("entities", parent), "name") : "";
  return name === "" ? undefined : `of ${name}`;
}
