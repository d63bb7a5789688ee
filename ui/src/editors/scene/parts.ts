/** What an entity uses, which the Inspector shows with it. */
import type { RecordReader } from "../../documents/records";
import type { RecordRef } from "../../documents/selection";
import type { RecordData } from "../../ipc/types";

/** Its mesh with the materials of it, its camera, its light. Others may use the same. */
export function partsOf(records: RecordReader, entity: RecordData): readonly RecordRef[] {
  return [
    ...one("meshes", entity.mesh),
    ...materialsOf(records, entity).flatMap((id) => one("materials", id)),
    ...one("cameras", entity.camera),
    ...one("lights", entity.light),
  ];
}

function one(collection: string, id: RecordData[string] | undefined) {
  return typeof id === "string" ? [{ collection, id }] : [];
}

function materialsOf(records: RecordReader, entity: RecordData): string[] {
  const mesh = typeof entity.mesh === "string" ? records.get("meshes", entity.mesh) : undefined;
  const primitives = Array.isArray(mesh?.primitives) ? mesh.primitives : [];
  const materials = primitives.map((primitive) =>
    typeof primitive === "object" && primitive !== null && !Array.isArray(primitive)
      ? primitive.material
      : undefined,
  );
  return [...new Set(materials.filter((material) => typeof material === "string"))];
}
