/** Records with what was too large for them, which stands in an object: `interchange/src/source.rs`. */
import type { RecordData } from "../../ipc/types";
import type { Reading } from "./derivation";
import { objectOf, textOf } from "./values";

/** The fields that may stand in the object, by what glTF calls them. */
const STOWED: Readonly<Record<string, readonly string[]>> = {
  meshes: ["primitives", "weights"],
  skins: ["joints"],
  entities: ["weights"],
};

/** A record with all its fields; undefined where there is none, and while what it is made of is still to come. */
export function wholeRecord(read: Reading, collection: string, id: string): RecordData | undefined {
  const record = read.record(collection, id);
  const cid = textOf(record?.source_object);
  if (!record || cid === undefined) return record;
  const bytes = read.bytes(cid, { collection, id });
  if (!bytes) return read.waits === "loading" ? undefined : record;
  let source: unknown;
  try {
    source = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    read.problem(collection, id, "has a part that cannot be read");
    return record;
  }
  const whole: Record<string, unknown> = { ...record, source };
  for (const field of STOWED[collection] ?? []) whole[field] ??= objectOf(source)[field];
  return whole as RecordData;
}
