import type { DocumentView } from "../../documents/document";
import type { RecordData } from "../../ipc";
import { RecordFields } from "./RecordFields";

/** What an entity uses: its mesh with the materials of it, its camera, its light. Others may use the same. */
export function EntityParts({ view, entity }: { view: DocumentView; entity: RecordData }) {
  const parts = [
    ...one("meshes", entity.mesh),
    ...materialsOf(view, entity).flatMap((id) => one("materials", id)),
    ...one("cameras", entity.camera),
    ...one("lights", entity.light),
  ];
  return parts.map(({ collection, id }) => {
    const record = view.collections[collection]?.[id];
    if (!record) return null;
    return <RecordFields key={id} document={view.id} collection={collection} ids={[id]} records={[record]} />;
  });
}

function one(collection: string, id: RecordData[string] | undefined) {
  return typeof id === "string" ? [{ collection, id }] : [];
}

function materialsOf(view: DocumentView, entity: RecordData): string[] {
  const mesh = typeof entity.mesh === "string" ? view.collections.meshes?.[entity.mesh] : undefined;
  const primitives = Array.isArray(mesh?.primitives) ? mesh.primitives : [];
  const materials = primitives.map((primitive) =>
    typeof primitive === "object" && primitive !== null && !Array.isArray(primitive)
      ? primitive.material
      : undefined,
  );
  return [...new Set(materials.filter((material) => typeof material === "string"))];
}
