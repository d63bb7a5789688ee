/** Which rectangles meet a rectangle, without asking all of them: a grid of cells over the canvas. */

import { intersects, type Rect } from "./records";

const CELL = 512;
/** A rectangle over more cells than this is kept aside and asked every time. */
const MOST_CELLS = 64;

export class SpatialIndex {
  readonly #cells = new Map<number, Set<string>>();
  readonly #large = new Set<string>();
  readonly #rects = new Map<string, Rect>();

  constructor(rects: Iterable<readonly [id: string, rect: Rect]>) {
    for (const [id, rect] of rects) this.set(id, rect);
  }

  rect(id: string): Rect | undefined {
    return this.#rects.get(id);
  }

  /** Puts a rectangle, or moves it. */
  set(id: string, rect: Rect): void {
    this.delete(id);
    this.#rects.set(id, rect);
    if (isLarge(rect)) this.#large.add(id);
    else {
      for (const key of keysOf(rect)) {
        const cell = this.#cells.get(key);
        if (cell) cell.add(id);
        else this.#cells.set(key, new Set([id]));
      }
    }
  }

  delete(id: string): void {
    const rect = this.#rects.get(id);
    if (!rect) return;
    this.#rects.delete(id);
    this.#large.delete(id);
    if (isLarge(rect)) return;
    for (const key of keysOf(rect)) {
      const cell = this.#cells.get(key);
      cell?.delete(id);
      if (cell?.size === 0) this.#cells.delete(key);
    }
  }

  /** The ids whose rectangles meet the area. */
  query(area: Rect): Set<string> {
    const found = new Set<string>();
    const [left, top, right, bottom] = cellsOf(area);
    const add = (id: string): void => {
      const rect = this.#rects.get(id);
      if (rect && intersects(rect, area)) found.add(id);
    };
    if ((right - left + 1) * (bottom - top + 1) > this.#cells.size) {
      for (const id of this.#rects.keys()) add(id);
      return found;
    }
    for (let x = left; x <= right; x++) {
      for (let y = top; y <= bottom; y++) this.#cells.get(keyOf(x, y))?.forEach(add);
    }
    this.#large.forEach(add);
    return found;
  }
}

function isLarge(rect: Rect): boolean {
  const [left, top, right, bottom] = cellsOf(rect);
  return (right - left + 1) * (bottom - top + 1) > MOST_CELLS;
}

function* keysOf(rect: Rect): Iterable<number> {
  const [left, top, right, bottom] = cellsOf(rect);
  for (let x = left; x <= right; x++) for (let y = top; y <= bottom; y++) yield keyOf(x, y);
}

function cellsOf(rect: Rect): [number, number, number, number] {
  const cell = (at: number): number => Math.floor(at / CELL);
  return [cell(rect.x), cell(rect.y), cell(rect.x + rect.width), cell(rect.y + rect.height)];
}

function keyOf(x: number, y: number): number {
  return (x + 0x100000) * 0x200000 + (y + 0x100000);
}
