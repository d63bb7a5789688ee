/** Which camera a picture is taken with. */
import { textOf } from "../documents/reading";
import type { DocumentRecords } from "../documents/records";
import type { RecordData } from "../ipc/types";

/** The entity that carries the camera of a name, which is the entity's or the camera's own; or why there is none. */
export function cameraCalled(
  records: DocumentRecords,
  name: string,
): { readonly entity: string; readonly camera: RecordData } | { readonly why: string } {
  const carriers = [...records.all("entities")].flatMap(([entity, record]) => {
    const camera = typeof record.camera === "string" ? records.get("cameras", record.camera) : undefined;
    return camera ? [{ entity, camera, names: [textOf(record, "name"), textOf(camera, "name")] }] : [];
  });
  const fitting = carriers.filter(({ names }) => names.includes(name));
  const [first] = fitting;
  if (first && fitting.length === 1) return { entity: first.entity, camera: first.camera };
  if (first) return { why: `${fitting.length} cameras are called “${name}”; name one of them otherwise` };
  if (carriers.length === 0) return { why: "the scene has no camera; without --camera everything is shown" };
  const known = [...new Set(carriers.map(({ names: [entity, camera] }) => entity || camera || "(no name)"))];
  return { why: `no camera is called “${name}”; there are ${known.join(", ")}` };
}
