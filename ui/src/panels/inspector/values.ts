/** Values of several records at once. */
import type { FieldValue, RecordData } from "../../ipc";
import type { FieldDescription } from "./fields";
import { decompose } from "./rotation";

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
  { field, fallback }: FieldDescription,
): FieldValue | undefined {
  const matrix = record.matrix;
  // The matrix stands instead of the three.
  if (Array.isArray(matrix) && (field === "translation" || field === "rotation" || field === "scale")) {
    return [...decompose(matrix.map(Number))[field]];
  }
  return record[field] ?? fallback;
}

export function numbersOf(value: FieldValue | undefined, count: number): number[] {
  const list = Array.isArray(value) ? value : [];
  return Array.from({ length: count }, (_, at) => Number(list[at] ?? 0));
}

/** What setting a part of the transform writes: an entity that had a matrix gets all three parts instead. */
export function transformSet(
  record: RecordData,
  field: "translation" | "rotation" | "scale",
  value: readonly number[],
): Record<string, FieldValue | null> {
  const matrix = record.matrix;
  if (!Array.isArray(matrix)) return { [field]: [...value] };
  const { translation, rotation, scale } = decompose(matrix.map(Number));
  return {
    translation: [...translation],
    rotation: [...rotation],
    scale: [...scale],
    [field]: [...value],
    matrix: null,
  };
}

export function sameValue(a: FieldValue | undefined, b: FieldValue | undefined): boolean {
  return a === b || (typeof a === "object" && JSON.stringify(a) === JSON.stringify(b));
}
