/** Which rectangles meet a rectangle, without asking all of them: a grid of cells over the canvas. */

import { intersects, type Rect } from "./records";

const CELL = 512;
/** A rectangle over more cells than this is kept aside and asked every time. */
const MOST_CELLS = 64;

export class SpatialIndex {
  readonly #cells = new Map<number, string[]>();
  readonly #large: string[] = [];
  readonly #rects: ReadonlyMap<string, Rect>;

  constructor(rects: ReadonlyMap<string, Rect>) {
    this.#rects = rects;
    for (const [id, rect] of rects) this.#insert(id, rect);
  }

  rect(id: string): Rect | undefined {
    return this.#rects.get(id);
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

  #insert(id: string, rect: Rect): void {
    const [left, top, right, bottom] = cellsOf(rect);
    if ((right - left + 1) * (bottom - top + 1) > MOST_CELLS) {
      this.#large.push(id);
      return;
    }
    for (let x = left; x <= right; x++) {
      for (let y = top; y <= bottom; y++) {
        const key = keyOf(x, y);
        const cell = this.#cells.get(key);
        if (cell) cell.push(id);
        else this.#cells.set(key, [id]);
      }
    }
  }
}

function cellsOf(rect: Rect): [number, number, number, number] {
  const cell = (at: number): number => Math.floor(at / CELL);
  return [cell(rect.x), cell(rect.y), cell(rect.x + rect.width), cell(rect.y + rect.height)];
}

function keyOf(x: number, y: number): number {
  return (x + 0x100000) * 0x200000 + (y + 0x100000);
}
