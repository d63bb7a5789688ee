/** Reading records: what a field holds, and the order in which lists show them. */
import type { FieldValue, RecordData } from "../ipc/types";
import type { DocumentRecords, RecordReader } from "./records";

/** A field's text; empty when it is absent or something else. */
export function textOf(record: RecordData | undefined, field: string): string {
  const value = record?.[field];
  return typeof value === "string" ? value : "";
}

/** Ids in the order lists show them: by a number field, absent last, then by id, which is by age. */
export function orderedIds(records: ReadonlyMap<string, RecordData>, field: string): string[] {
  const order = (value: FieldValue | undefined) => (typeof value === "number" ? value : Infinity);
  return [...records]
    .sort(([idA, a], [idB, b]) => {
      const byOrder = order(a[field]) - order(b[field]);
      return (Number.isNaN(byOrder) ? 0 : byOrder) || (idA < idB ? -1 : 1);
    })
    .map(([id]) => id);
}

/** What was made of some records, with those that were read for it. */
export class Reading<T> {
  private records: DocumentRecords | undefined;
  private make: ((records: RecordReader) => T) | undefined;
  private value: T | undefined;
  private read: { then: unknown; now: () => unknown }[] = [];

  /** The same until one of the records that were read is another. */
  of(records: DocumentRecords, make: (records: RecordReader) => T): T {
    const holds = this.records === records && this.make === make;
    if (holds && this.read.every(({ then, now }) => now() === then)) return this.value as T;
    this.read = [];
    const noting = <R>(now: () => R): R => {
      const then = now();
      this.read.push({ then, now });
      return then;
    };
    this.value = make({
      get: (collection, id) => noting(() => records.get(collection, id)),
      looks: (id) => noting(() => records.looks(id)),
    });
    [this.records, this.make] = [records, make];
    return this.value;
  }
}
