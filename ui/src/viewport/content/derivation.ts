/**
 * What is made of records and objects (geometry, materials, textures), each once however many use it, and made again when
 * something that it was read from is another: what it reads while it is made is what it follows from.
 */
import type { DocumentRecords } from "../../documents/records";
import { keyOf } from "../../documents/records";
import type { RecordData } from "../../ipc/types";
import type { ObjectBytes } from "./objectBytes";
import type { Picture } from "./picture";
import type { Shared } from "./shared";

/** Something of a scene that cannot be shown as it is. */
export interface ContentProblem {
  collection: string;
  id: string;
  /** A sentence that follows the record's name: *has no picture*. */
  message: string;
}

/** How things of one sort are made. */
export interface Rule<T> {
  readonly name: string;
  /** Things are made anew in this order: what uses others stands higher than they do. */
  readonly level: number;
  /** `before`: what was made last; it may be changed and answered again, and then nobody hears of it. */
  make(key: string, read: Reading, before: T | undefined): T;
  drop?(value: T): void;
}

/** Whoever is told that something is another: what is made of it, or an entity that shows it. */
export interface Follower {
  outdated(): void;
}

/** What a thing is made from. */
export interface Reading {
  record(collection: string, id: string): RecordData | undefined;
  /** An object's bytes; undefined while they load, and where they do not come, which is told as a problem of `of`. */
  bytes(cid: string, of: { collection: string; id: string }): ArrayBuffer | undefined;
  picture(cid: string, of: { collection: string; id: string }): Picture | undefined;
  made<T>(rule: Rule<T>, key: string): T;
  problem(collection: string, id: string, message: string): void;
  /** Whether an object that was asked for is still to come: on its way, or not in the project yet. */
  readonly waits: "no" | "loading" | "missing";
}

class Cell implements Follower {
  value: unknown;
  isMade = false;
  isStale = true;
  isLoading = false;
  problems: ContentProblem[] = [];
  readonly followers = new Set<Follower>();
  /** The keys of records it was read from, the cells, and what lets its objects go. */
  records = new Set<string>();
  cells = new Set<Cell>();
  objects = new Map<string, () => void>();

  constructor(
    private readonly owner: Derivation,
    readonly rule: Rule<unknown>,
    readonly key: string,
  ) {}

  outdated(): void {
    if (this.isStale) return;
    this.isStale = true;
    this.owner.enqueue(this);
  }
}

export class Derivation {
  private readonly cells = new Map<string, Cell>();
  private readonly byRecord = new Map<string, Set<Cell>>();
  private stale: Cell[] = [];
  private unused = new Set<Cell>();

  constructor(
    private readonly around: {
      records: () => DocumentRecords | undefined;
      objects: ObjectBytes;
      /** An object came: something is to be made anew. */
      changed: () => void;
    },
  ) {}

  /** Something made by a rule, which tells `follower` when it is another, until {@link release}d. */
  hold<T>(rule: Rule<T>, key: string, follower: Follower): T {
    const cell = this.cell(rule as Rule<unknown>, key);
    cell.followers.add(follower);
    return cell.value as T;
  }

  release<T>(rule: Rule<T>, key: string, follower: Follower): void {
    const cell = this.cells.get(cellKey(rule as Rule<unknown>, key));
    if (cell) this.leave(cell, follower);
  }

  /** These records are others. */
  recordsChanged(collection: string, ids: Iterable<string>): void {
    for (const id of ids) for (const cell of this.byRecord.get(keyOf(collection, id)) ?? []) cell.outdated();
  }

  /** All records may be others. */
  allChanged(): void {
    for (const cell of this.cells.values()) if (cell.records.size > 0) cell.outdated();
  }

  enqueue(cell: Cell): void {
    this.stale.push(cell);
  }

  /** Makes anew what is outdated, and tells who follows it. */
  update(): void {
    while (this.stale.length > 0) {
      const level = this.stale.reduce((least, { rule }) => Math.min(least, rule.level), Infinity);
      const now = this.stale.filter(({ rule }) => rule.level === level);
      this.stale = this.stale.filter(({ rule }) => rule.level !== level);
      for (const cell of now) {
        if (!cell.isStale || this.cells.get(cellKey(cell.rule, cell.key)) !== cell) continue;
        this.make(cell);
      }
    }
  }

  /** Lets go what nobody uses. */
  sweep(): void {
    for (const cell of this.unused) {
      this.unused.delete(cell);
      if (cell.followers.size > 0) continue;
      this.forgetReads(cell, new Set(), new Set(), new Set());
      this.cells.delete(cellKey(cell.rule, cell.key));
      if (cell.isMade) cell.rule.drop?.(cell.value);
    }
  }

  get loading(): number {
    let loading = 0;
    for (const cell of this.cells.values()) if (cell.isLoading) loading += 1;
    return loading;
  }

  /** Each once, however many things it came up in. */
  get problems(): ContentProblem[] {
    const found = new Map<string, ContentProblem>();
    for (const { problems } of this.cells.values()) {
      for (const problem of problems) {
        found.set(`${problem.collection}/${problem.id} ${problem.message}`, problem);
      }
    }
    return [...found.values()];
  }

  dispose(): void {
    for (const cell of this.cells.values()) {
      for (const letGo of cell.objects.values()) letGo();
      if (cell.isMade) cell.rule.drop?.(cell.value);
    }
    this.cells.clear();
    this.byRecord.clear();
    this.stale = [];
    this.unused.clear();
  }

  private cell(rule: Rule<unknown>, key: string): Cell {
    const name = cellKey(rule, key);
    let cell = this.cells.get(name);
    if (!cell) {
      cell = new Cell(this, rule, key);
      this.cells.set(name, cell);
      this.unused.add(cell);
    }
    if (cell.isStale) this.make(cell);
    return cell;
  }

  /** Makes it, and tells those who follow it where it is another than before. */
  private make(cell: Cell): void {
    cell.isStale = false;
    const [records, cells, objects] = [new Set<string>(), new Set<Cell>(), new Set<string>()];
    const problems: ContentProblem[] = [];
    const waits = { loading: false, missing: false };
    const load = <T>(
      shared: Shared<T>,
      cid: string,
      of: { collection: string; id: string },
    ): T | undefined => {
      const name = `${shared === (this.around.objects.pictures as unknown) ? "picture" : "bytes"} ${cid}`;
      objects.add(name);
      if (!cell.objects.has(name)) {
        const letGo = shared.hold(cid, () => {
          cell.outdated();
          this.around.changed();
        });
        cell.objects.set(name, letGo);
      }
      const loaded = shared.get(cid);
      if (loaded.state === "here") return loaded.value;
      if (loaded.state === "loading") waits.loading = true;
      else {
        waits.missing = true;
        const message = loaded.state === "missing" ? "has not arrived yet" : loaded.why;
        problems.push({ ...of, message });
      }
      return undefined;
    };
    const { around } = this;
    const reading: Reading = {
      record: (collection, id) => {
        records.add(keyOf(collection, id));
        return around.records()?.get(collection, id);
      },
      bytes: (cid, of) => load(around.objects.bytes, cid, of),
      picture: (cid, of) => load(around.objects.pictures, cid, of),
      made: (rule, key) => {
        const used = this.cell(rule as Rule<unknown>, key);
        cells.add(used);
        used.followers.add(cell);
        return used.value as never;
      },
      problem: (collection, id, message) => problems.push({ collection, id, message }),
      get waits() {
        return waits.loading ? "loading" : waits.missing ? "missing" : "no";
      },
    };
    const before = cell.value;
    cell.value = cell.rule.make(cell.key, reading, before);
    this.forgetReads(cell, records, cells, objects);
    for (const key of records) {
      const readers = this.byRecord.get(key);
      if (readers) readers.add(cell);
      else this.byRecord.set(key, new Set([cell]));
    }
    [cell.records, cell.cells, cell.problems] = [records, cells, problems];
    cell.isLoading = waits.loading;
    const isOther = cell.isMade && cell.value !== before;
    cell.isMade = true;
    if (!isOther) return;
    cell.rule.drop?.(before);
    for (const follower of [...cell.followers]) follower.outdated();
  }

  /** What a cell was read from and is not any more. */
  private forgetReads(
    cell: Cell,
    records: ReadonlySet<string>,
    cells: ReadonlySet<Cell>,
    objects: ReadonlySet<string>,
  ): void {
    for (const key of cell.records) {
      if (records.has(key)) continue;
      const readers = this.byRecord.get(key);
      readers?.delete(cell);
      if (readers?.size === 0) this.byRecord.delete(key);
    }
    for (const used of cell.cells) if (!cells.has(used)) this.leave(used, cell);
    for (const [name, letGo] of cell.objects) {
      if (objects.has(name)) continue;
      letGo();
      cell.objects.delete(name);
    }
  }

  private leave(cell: Cell, follower: Follower): void {
    cell.followers.delete(follower);
    if (cell.followers.size === 0) this.unused.add(cell);
  }
}

function cellKey(rule: Rule<unknown>, key: string): string {
  return `${rule.name} ${key}`;
}
