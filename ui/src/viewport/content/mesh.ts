/** What a mesh draws: its primitives with their materials. */
import type { Material } from "three";

import type { Reading, Rule } from "./derivation";
import { GEOMETRY, geometryKey, type Primitive } from "./geometry";
import { MATERIAL, materialKey } from "./material";
import { countOf, extensionOf, listOf, numbersOf, objectOf, textOf, type Json } from "./values";
import { wholeRecord } from "./whole";

export interface Part extends Primitive {
  material: Material;
}

export interface MeshParts {
  parts: readonly Part[];
  /** The weights of its morph targets, where the entity says none. */
  weights: readonly number[];
}

/** Key: {@link meshKey}. */
export const MESH: Rule<MeshParts> = {
  name: "mesh",
  level: 3,
  make(key, read) {
    const { mesh, variant } = JSON.parse(key) as { mesh: string; variant?: number };
    const record = wholeRecord(read, "meshes", mesh);
    if (!record && read.waits === "no") read.problem("meshes", mesh, "is not there");
    const weights = numbersOf(record?.weights, listOf(record?.weights).length) ?? [];
    const parts = listOf(record?.primitives).flatMap((said) => partOf(objectOf(said), mesh, variant, read));
    return { parts, weights };
  },
};

/** A mesh as one of the file's variants (KHR_materials_variants) dresses it; none is the materials it has of its own. */
export function meshKey(mesh: string, variant: number | undefined): string {
  return JSON.stringify({ mesh, variant });
}

function partOf(primitive: Json, mesh: string, variant: number | undefined, read: Reading): Part[] {
  const made = read.made(GEOMETRY, geometryKey(primitive));
  if (!made) return [];
  for (const problem of made.problems) read.problem("meshes", mesh, problem);
  const id = variantOf(primitive, variant) ?? textOf(primitive.material);
  return [{ ...made, material: read.made(MATERIAL, materialKey(id, made.shape, made.geometry)) }];
}

function variantOf(primitive: Json, variant: number | undefined): string | undefined {
  if (variant === undefined) return undefined;
  const mappings = listOf(extensionOf(primitive, "KHR_materials_variants")?.mappings).map(objectOf);
  const mapping = mappings.find(({ variants }) => listOf(variants).some((it) => countOf(it) === variant));
  return textOf(mapping?.material);
}
