/**
 * Where entities stand: local and world matrices, and whether they are seen, as rows instead of three's objects. Nothing here
 * recurses, however deep a hierarchy is, and a change costs what hangs below it.
 */
import { Matrix4 } from "three";

/** What an entity says of its place. */
export interface Placing {
  /** The entity it hangs under; one that is missing stands for none until it comes. */
  parent: string | undefined;
  local: Matrix4;
  /** Whether it, and with it all that hangs below, is seen. */
  visible: boolean;
}

interface Row {
  readonly id: string;
  /** The entity it says that it hangs under, and the one it does hang under. */
  wanted: string | undefined;
  parent: Row | undefined;
  readonly children: Set<Row>;
  /** What the record says, and what is shown instead while somebody drags it. */
  recorded: Matrix4;
  local: Matrix4;
  readonly matrix: Matrix4;
  shows: boolean;
  visible: boolean;
  stale: boolean;
  /** The walk that came by last; see {@link World.update}. */
  walk: number;
}

export class World {
  private readonly rows = new Map<string, Row>();
  /** Rows by the entity they want to hang under, while there is none of that name. */
  private readonly orphans = new Map<string, Set<Row>>();
  /** Rows at which a cycle is broken. */
  private readonly broken = new Set<Row>();
  private stale: Row[] = [];
  private loose = new Set<Row>();
  private previewed = new Set<Row>();
  private walks = 0;
  private isHidden: (id: string) => boolean = () => false;

  get size(): number {
    return this.rows.size;
  }

  ids(): Iterable<string> {
    return this.rows.keys();
  }

  has(id: string): boolean {
    return this.rows.has(id);
  }

  /** From an entity's own space to the world's, as of the last {@link update}. */
  matrix(id: string): Matrix4 | undefined {
    return this.rows.get(id)?.matrix;
  }

  /** From an entity's own space to that of what it hangs under. */
  local(id: string): Matrix4 | undefined {
    return this.rows.get(id)?.local;
  }

  /** What it hangs under in fact: nothing where that is missing, or where a cycle is broken. */
  parent(id: string): string | undefined {
    return this.rows.get(id)?.parent?.id;
  }

  children(id: string): string[] {
    return Array.from(this.rows.get(id)?.children ?? [], (row) => row.id);
  }

  /** Whether it is seen: it, and all that it hangs under. */
  isVisible(id: string): boolean {
    return this.rows.get(id)?.visible ?? false;
  }

  /** Some entities and all that hangs below them, each once. */
  below(ids: Iterable<string>): string[] {
    const found = new Set<Row>();
    const stack: Row[] = [];
    for (const id of ids) stack.push(...this.some(id));
    for (let row = stack.pop(); row; row = stack.pop()) {
      if (found.has(row)) continue;
      found.add(row);
      stack.push(...row.children);
    }
    return Array.from(found, (row) => row.id);
  }

  /** Puts an entity, or places it anew; seen after {@link update}. */
  set(id: string, { parent, local, visible }: Placing): void {
    let row = this.rows.get(id);
    if (!row) {
      row = {
        id,
        wanted: parent,
        parent: undefined,
        children: new Set(),
        recorded: local,
        local,
        matrix: new Matrix4(),
        shows: visible,
        visible: false,
        stale: false,
        walk: 0,
      };
      this.rows.set(id, row);
      this.loose.add(row);
      for (const orphan of this.orphans.get(id) ?? []) this.loose.add(orphan);
      this.orphans.delete(id);
    } else if (row.wanted !== parent) {
      this.forgetOrphan(row);
      row.wanted = parent;
      this.loose.add(row);
    }
    if (!this.previewed.has(row)) row.local = local;
    row.recorded = local;
    row.shows = visible;
    this.touch(row);
  }

  /** Takes an entity away; what hung under it is a root from then on. */
  remove(id: string): void {
    const row = this.rows.get(id);
    if (!row) return;
    this.rows.delete(id);
    this.forgetOrphan(row);
    row.parent?.children.delete(row);
    for (const child of row.children) {
      child.parent = undefined;
      this.loose.add(child);
      this.touch(child);
    }
    row.children.clear();
    this.loose.delete(row);
    this.broken.delete(row);
    this.previewed.delete(row);
  }

  /** Shows entities elsewhere than they are until called again: local matrices by entity. */
  preview(locals: ReadonlyMap<string, Matrix4>): void {
    for (const row of this.previewed) {
      if (locals.has(row.id)) continue;
      row.local = row.recorded;
      this.touch(row);
    }
    this.previewed = new Set();
    for (const [id, local] of locals) {
      for (const row of this.some(id)) {
        row.local = local;
        this.previewed.add(row);
        this.touch(row);
      }
    }
  }

  /** What somebody does not want to see, with all that hangs below. */
  hide(hidden: (id: string) => boolean): void {
    this.isHidden = hidden;
    for (const row of this.rows.values()) this.touch(row);
  }

  /** Brings matrices and visibility up to date; the entities that may stand elsewhere, or be seen or not, since. */
  update(): string[] {
    this.link();
    const moved: string[] = [];
    this.walks += 1;
    for (const row of this.stale) {
      if (!row.stale || this.rows.get(row.id) !== row) continue;
      let top = row;
      // What a walk of this update came by is up to date, and so is all above it.
      for (let at = row.parent; at && at.walk !== this.walks; at = at.parent) {
        at.walk = this.walks;
        if (at.stale) top = at;
      }
      this.place(top, moved);
    }
    this.stale = [];
    return moved;
  }

  private place(top: Row, moved: string[]): void {
    const stack = [top];
    for (let row = stack.pop(); row; row = stack.pop()) {
      row.stale = false;
      row.visible = row.shows && (row.parent?.visible ?? true) && !this.isHidden(row.id);
      if (row.parent) row.matrix.multiplyMatrices(row.parent.matrix, row.local);
      else row.matrix.copy(row.local);
      moved.push(row.id);
      for (const child of row.children) stack.push(child);
    }
  }

  /** Hangs rows under what they want to hang under. A cycle is broken at its smallest id, as the model breaks it. */
  private link(): void {
    if (this.loose.size === 0) return;
    const loose = [...this.loose, ...this.broken];
    this.loose = new Set();
    this.broken.clear();
    for (const row of loose) this.hang(row, row.wanted === undefined ? undefined : this.rows.get(row.wanted));
    const before = this.walks;
    for (const row of loose) {
      this.walks += 1;
      let at: Row | undefined = row;
      while (at && at.walk <= before) {
        at.walk = this.walks;
        at = at.parent;
      }
      // Met itself: the walk went around.
      if (at?.walk === this.walks) this.breakCycle(at);
    }
  }

  private breakCycle(start: Row): void {
    let smallest = start;
    for (let at = start.parent; at && at !== start; at = at.parent) if (at.id < smallest.id) smallest = at;
    this.hang(smallest, undefined);
    this.broken.add(smallest);
  }

  private hang(row: Row, parent: Row | undefined): void {
    if (!parent && row.wanted !== undefined && !this.rows.has(row.wanted)) {
      const waiting = this.orphans.get(row.wanted);
      if (waiting) waiting.add(row);
      else this.orphans.set(row.wanted, new Set([row]));
    }
    if (row.parent === parent) return;
    row.parent?.children.delete(row);
    row.parent = parent;
    parent?.children.add(row);
    this.touch(row);
  }

  private forgetOrphan(row: Row): void {
    if (row.wanted !== undefined) this.orphans.get(row.wanted)?.delete(row);
  }

  private touch(row: Row): void {
    if (row.stale) return;
    row.stale = true;
    this.stale.push(row);
  }

  private some(id: string): Row[] {
    const row = this.rows.get(id);
    return row ? [row] : [];
  }
}
