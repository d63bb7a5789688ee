/** Applying deltas and changes to records with structural sharing: what is not touched keeps its identity. */
import type { Change, Collections, FieldValue, NodeShape, RecordData, Records } from "../ipc/types";

const NO_RECORDS: Records = {};

/** The collections after a delta. */
export function applyDelta(
  before: Collections,
  upserted: Collections,
  removed: Readonly<Record<string, readonly string[]>>,
): Collections {
  const writer = new Writer(before);
  for (const [collection, ids] of Object.entries(removed)) {
    for (const id of ids) writer.remove(collection, id);
  }
  for (const [collection, records] of Object.entries(upserted)) {
    for (const [id, record] of Object.entries(records)) writer.put(collection, id, record);
  }
  return writer.finish();
}

/** The shapes of nodes after a delta; those of nodes that are gone go with them. */
export function applyShapes(
  before: Readonly<Record<string, NodeShape>>,
  changed: Readonly<Record<string, NodeShape>>,
  removed: readonly string[],
): Readonly<Record<string, NodeShape>> {
  const gone = new Set(removed.filter((id) => id in before));
  if (gone.size === 0 && Object.keys(changed).length === 0) return before;
  const kept = gone.size === 0 ? before : Object.entries(before).filter(([id]) => !gone.has(id));
  return { ...(Array.isArray(kept) ? Object.fromEntries(kept) : kept), ...changed };
}

/** The collections as they will be once an edit is written; used until its delta arrives. */
export function applyChanges(before: Collections, changes: readonly Change[]): Collections {
  const writer = new Writer(before);
  for (const change of changes) {
    if ("put" in change) {
      writer.put(change.collection, change.id, withoutNulls(change.put));
    } else if ("set" in change) {
      const record = writer.get(change.collection, change.id);
      // The record may be gone by someone else's edit; the answer of the edit will say so.
      if (record) writer.put(change.collection, change.id, withoutNulls({ ...record, ...change.set }));
    } else {
      writer.remove(change.collection, change.id);
    }
  }
  return writer.finish();
}

/** Copies each collection at most once, however many of its records change. */
class Writer {
  private readonly copies = new Map<string, Record<string, RecordData>>();

  constructor(private readonly before: Collections) {}

  get(collection: string, id: string): RecordData | undefined {
    return (this.copies.get(collection) ?? this.before[collection] ?? NO_RECORDS)[id];
  }

  put(collection: string, id: string, record: RecordData): void {
    this.copy(collection)[id] = record;
  }

  remove(collection: string, id: string): void {
    if (this.get(collection, id) === undefined) return;
    // Reflect: the key is data, and a copied collection is ours to change.
    Reflect.deleteProperty(this.copy(collection), id);
  }

  finish(): Collections {
    return this.copies.size === 0 ? this.before : { ...this.before, ...Object.fromEntries(this.copies) };
  }

  private copy(collection: string): Record<string, RecordData> {
    let copy = this.copies.get(collection);
    if (!copy) {
      copy = { ...(this.before[collection] ?? NO_RECORDS) };
      this.copies.set(collection, copy);
    }
    return copy;
  }
}

function withoutNulls(record: Readonly<Record<string, FieldValue | null>>): RecordData {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}
