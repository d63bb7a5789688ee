/** Values of several records at once. */
import type { FieldValue, RecordData } from "../../ipc/types";
import type { FieldDescription } from "../../workspace/fields";

/** The value all records share; undefined where they differ or none has one. */
export function sharedValue(
  records: readonly RecordData[],
  description: FieldDescription,
): FieldValue | undefined {
  const [first, ...rest] = records.map((record) => fieldValue(record, description));
  return rest.every((value) => sameValue(value, first)) ? first : undefined;
}

/** Component by component. */
export function sharedNumbers(lists: readonly (readonly number[])[], count: number): (number | undefined)[] {
  return Array.from({ length: count }, (_, at) => {
    const [first, ...rest] = lists.map((list) => list[at]);
    return rest.every((value) => value === first) ? first : undefined;
  });
}

export function fieldValue(
  record: RecordData,
  { field, fallback, read }: FieldDescription,
): FieldValue | undefined {
  return read?.(record) ?? record[field] ?? fallback;
}

/** What setting a field to a value writes. */
export function fieldSet(
  record: RecordData,
  { field, write }: FieldDescription,
  value: FieldValue,
): Record<string, FieldValue | null> {
  return write?.(record, value) ?? { [field]: value };
}

export function numbersOf(value: FieldValue | undefined, count: number): number[] {
  const list = Array.isArray(value) ? value : [];
  return Array.from({ length: count }, (_, at) => Number(list[at] ?? 0));
}

export function sameValue(a: FieldValue | undefined, b: FieldValue | undefined): boolean {
  return a === b || (typeof a === "object" && JSON.stringify(a) === JSON.stringify(b));
}
