/**
 * The records of an open document as they are shown: what is confirmed, under the edits that are on their way. They change in
 * place, one by one, and what changed is told by id; nothing is copied for it, however many there are.
 */
import type { Change, Delta, FieldValue, RecordData, Records, Snapshot } from "../ipc/types";

/** The ids of records that were put, changed or removed, by collection. */
export type Changed = ReadonlyMap<string, ReadonlySet<string>>;

/** Under this name it is told which records look otherwise. */
export const LOOKS = "looks";

/** An edit that is shown before it is confirmed. */
export interface Overlay {
  readonly changes: readonly Change[];
}

/** A record under overlays, as it is confirmed; undefined where there is none. */
interface Under {
  confirmed: RecordData | undefined;
  overlays: Overlay[];
}

/**
 * What follows from some fields of many records, such as the order of a list. It is made when it is read, and made again only
 * when one of these fields changed, or a record of these collections came or went. Made once for each kind of list.
 */
export interface Derived<T> {
  /** The fields by collection; none of them stands for which records there are. */
  readonly from: Readonly<Record<string, readonly string[]>>;
  readonly make: (records: DocumentRecords) => T;
}

/** What was made, and whether something that it follows from changed since. */
interface Made {
  readonly from: Derived<unknown>["from"];
  value: unknown;
  stale: boolean;
}

/** Reads records one by one. */
export type RecordReader = Pick<DocumentRecords, "get" | "looks">;

const NO_RECORDS: ReadonlyMap<string, RecordData> = new Map();
/** How many changes are remembered for those who ask what changed; who asks later reads everything anew. */
const REMEMBERED = 4096;

export class DocumentRecords {
  private readonly shown = new Map<string, Map<string, RecordData>>();
  private readonly under = new Map<string, Under>();
  /** What changed last, newest last, and how many changes were before those. */
  private log: { collection: string; id: string }[] = [];
  private forgotten = 0;
  /** Whole collections as objects, made when somebody asks for one, until it changes. */
  private readonly objects = new Map<string, Records>();
  /** How many records came to a collection or went. */
  private readonly moved = new Map<string, number>();
  private readonly made = new Map<Derived<unknown>, Made>();
  private readonly look: Map<string, unknown>;

  constructor({ collections, derived }: Pick<Snapshot, "collections" | "derived">) {
    for (const [collection, records] of Object.entries(collections)) {
      this.shown.set(collection, new Map(Object.entries(records)));
      this.objects.set(collection, records);
    }
    this.look = new Map(Object.entries(derived));
  }

  get(collection: string, id: string): RecordData | undefined {
    return this.shown.get(collection)?.get(id);
  }

  /** Of some records, those that are there: others, and undo, take things away. */
  there<Ref extends { collection: string; id: string }>(refs: readonly Ref[]): Ref[] {
    return refs.filter(({ collection, id }) => this.get(collection, id) !== undefined);
  }

  /** How many records came to these collections, or went: while it is the same, so are the records that there are. */
  comings(collections: readonly string[]): number {
    return collections.reduce((sum, collection) => sum + (this.moved.get(collection) ?? 0), 0);
  }

  /** How a record looks, which its kind derives; what that is, its editor knows. It comes a moment after the record. */
  looks(id: string): unknown {
    return this.look.get(id);
  }

  /** Those of a collection, as they are at any time. */
  all(collection: string): ReadonlyMap<string, RecordData> {
    return this.shown.get(collection) ?? NO_RECORDS;
  }

  /** The names of the collections. */
  names(): Iterable<string> {
    return this.shown.keys();
  }

  /** A collection as it is now; the same object until something in it changes. */
  object(collection: string): Records | undefined {
    const made = this.objects.get(collection);
    const records = this.shown.get(collection);
    if (made || !records) return made;
    const now = Object.fromEntries(records);
    this.objects.set(collection, now);
    return now;
  }

  /** What follows from the records as they are now; the same until something changes that it is made from. */
  derive<T>(derived: Derived<T>): T {
    let made = this.made.get(derived);
    if (!made) this.made.set(derived, (made = { from: derived.from, value: undefined, stale: true }));
    if (made.stale) {
      made.value = derived.make(this);
      made.stale = false;
    }
    return made.value as T;
  }

  /** How many changes there were: what to ask {@link changedSince} with later. */
  get version(): number {
    return this.forgotten + this.log.length;
  }

  /** What changed since a version; undefined where that is not remembered any more. */
  changedSince(version: number): Changed | undefined {
    if (version < this.forgotten) return undefined;
    const changed = new Map<string, Set<string>>();
    for (let at = version - this.forgotten; at < this.log.length; at += 1) {
      const entry = this.log[at];
      if (!entry) continue;
      const ids = changed.get(entry.collection);
      if (ids) ids.add(entry.id);
      else changed.set(entry.collection, new Set([entry.id]));
    }
    return changed;
  }

  /** Takes what was confirmed. An id that is removed and comes back in one delta stands. */
  confirm({ upserted, removed, derived }: Pick<Delta, "upserted" | "removed" | "derived">): void {
    for (const [id, look] of Object.entries(derived)) {
      const before = this.look.get(id);
      if (look === null) this.look.delete(id);
      else this.look.set(id, look);
      this.note(LOOKS, id, asObject(before), asObject(look));
    }
    for (const [collection, ids] of Object.entries(removed)) {
      for (const id of ids) if (!(id in (upserted[collection] ?? {}))) this.settle(collection, id, undefined);
    }
    for (const [collection, records] of Object.entries(upserted)) {
      for (const [id, record] of Object.entries(records)) this.settle(collection, id, record);
    }
  }

  /** Shows an edit over what is confirmed, until it is {@link lift}ed. */
  lay(overlay: Overlay): void {
    for (const { collection, id } of overlay.changes) {
      const key = keyOf(collection, id);
      const under = this.under.get(key) ?? { confirmed: this.get(collection, id), overlays: [] };
      this.under.set(key, under);
      if (!under.overlays.includes(overlay)) under.overlays.push(overlay);
      this.show(collection, id, shownOver(under, collection, id));
    }
  }

  lift(overlay: Overlay): void {
    for (const { collection, id } of overlay.changes) {
      const key = keyOf(collection, id);
      const under = this.under.get(key);
      if (!under?.overlays.includes(overlay)) continue;
      under.overlays = under.overlays.filter((other) => other !== overlay);
      if (under.overlays.length === 0) this.under.delete(key);
      this.show(collection, id, shownOver(under, collection, id));
    }
  }

  private settle(collection: string, id: string, record: RecordData | undefined): void {
    const under = this.under.get(keyOf(collection, id));
    if (under) under.confirmed = record;
    this.show(collection, id, under ? shownOver(under, collection, id) : record);
  }

  private show(collection: string, id: string, record: RecordData | undefined): void {
    const before = this.get(collection, id);
    if (before === record) return;
    let records = this.shown.get(collection);
    if (!records) this.shown.set(collection, (records = new Map()));
    if (record) records.set(id, record);
    else records.delete(id);
    if (!before || !record) this.moved.set(collection, (this.moved.get(collection) ?? 0) + 1);
    this.note(collection, id, before, record);
  }

  private note(collection: string, id: string, before: object | undefined, after: object | undefined): void {
    if (collection !== LOOKS) this.objects.delete(collection);
    for (const made of this.made.values()) {
      const fields = made.from[collection];
      if (fields && !made.stale) made.stale = differs(fields, before, after);
    }
    this.log.push({ collection, id });
    if (this.log.length > 2 * REMEMBERED) {
      this.forgotten += this.log.length - REMEMBERED;
      this.log = this.log.slice(-REMEMBERED);
    }
  }
}

/** Whether one of these fields is another, or there was nothing, or is nothing. */
function differs(fields: readonly string[], before: object | undefined, after: object | undefined): boolean {
  if (!before || !after) return before !== after;
  const [old, now] = [before as Fields, after as Fields];
  return fields.some((field) => !sameValue(old[field], now[field]));
}

type Fields = Readonly<Record<string, unknown>>;

/** Records come anew as they change, with all that they hold. */
function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const [old, now] = [Object.entries(a), b as Fields];
  return old.length === Object.keys(b).length && old.every(([key, value]) => sameValue(value, now[key]));
}

/** A text that stands for a record in maps. */
export function keyOf(collection: string, id: string): string {
  return `${collection}/${id}`;
}

/** A record as overlays leave it. */
function shownOver({ confirmed, overlays }: Under, collection: string, id: string): RecordData | undefined {
  let record = confirmed;
  for (const { changes } of overlays) {
    for (const change of changes) {
      if (change.collection === collection && change.id === id) record = changedBy(record, change);
    }
  }
  return record;
}

/** A record as one change leaves it. One that is gone by somebody else's edit stays so: the edit's answer will say it. */
function changedBy(record: RecordData | undefined, change: Change): RecordData | undefined {
  if ("put" in change && change.put) return withoutNulls(change.put);
  if ("set" in change && change.set) return record && withoutNulls({ ...record, ...change.set });
  return undefined;
}

function withoutNulls(record: Readonly<Record<string, FieldValue | null>>): RecordData {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}

function asObject(value: unknown): object | undefined {
  return typeof value === "object" && value !== null ? value : undefined;
}
