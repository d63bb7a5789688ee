/** Reading records: what a field holds, and the order in which lists show them. */
import type { Collections, FieldValue, RecordData } from "../ipc/types";

/** A field's text; empty when it is absent or something else. */
export function textOf(record: RecordData | undefined, field: string): string {
  const value = record?.[field];
  return typeof value === "string" ? value : "";
}

/** Ids in the order lists show them: by a number field, absent last, then by id, which is by age. */
export function orderedIds(records: Collections[string] | undefined, field: string): string[] {
  const order = (value: FieldValue | undefined) => (typeof value === "number" ? value : Infinity);
  return Object.entries(records ?? {})
    .sort(([idA, a], [idB, b]) => {
      const byOrder = order(a[field]) - order(b[field]);
      return (Number.isNaN(byOrder) ? 0 : byOrder) || (idA < idB ? -1 : 1);
    })
    .map(([id]) => id);
}
