/** What changes make of records, as the session writes them. */
import type { FieldValue } from "../records";
import type { Change, Collections, RecordData } from "../types";

/** The collections after changes. A null clears a field; what is not there any more cannot be set. */
export function written(before: Collections, changes: readonly Change[]): Collections {
  const after = structuredClone(before) as Record<string, Record<string, RecordData>>;
  for (const change of changes) {
    const records = (after[change.collection] ??= {});
    const record = records[change.id];
    if ("put" in change) records[change.id] = withFields({}, change.put);
    else if ("set" in change) {
      if (record) records[change.id] = withFields(record, change.set);
    } else Reflect.deleteProperty(records, change.id);
  }
  return after;
}

function withFields(record: RecordData, fields: Record<string, FieldValue | null>): RecordData {
  const after = new Map<string, FieldValue>(Object.entries(record));
  for (const [field, value] of Object.entries(fields)) {
    if (value === null) after.delete(field);
    else after.set(field, value);
  }
  return Object.fromEntries(after);
}
