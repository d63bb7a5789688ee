/**
 * A layered layout for large graphs (after Sugiyama, Tagawa and Toda, 1981): break cycles, give every node a column,
 * order the columns to cross few wires, then settle heights. Each step is linear or nearly so in nodes and wires.
 */

import type { Point, Size } from "../model/records";

export interface Arc {
  from: string;
  to: string;
  flow: boolean;
}

export const COLUMN_GAP = 64;
export const ROW_GAP = 28;

const SWEEPS = 6;

interface Links {
  after: Map<string, string[]>;
  before: Map<string, string[]>;
}

export function layers(
  nodes: readonly string[],
  arcs: readonly Arc[],
  sizes: ReadonlyMap<string, Size>,
): Map<string, Point> {
  const links = acyclic(nodes, arcs);
  const columns = intoColumns(nodes, links);
  reorder(columns, links);
  return settle(columns, links, sizes);
}

/** The arcs without those that close a cycle, found by walking depth first, flow before data. */
function acyclic(nodes: readonly string[], arcs: readonly Arc[]): Links {
  const all = new Map<string, string[]>();
  for (const flow of [true, false]) {
    for (const arc of arcs) if (arc.flow === flow) push(all, arc.from, arc.to);
  }
  const entered = new Set(arcs.map(({ to }) => to));
  const links: Links = { after: new Map(), before: new Map() };
  const state = new Map<string, "open" | "done">();
  for (const start of [...nodes.filter((node) => !entered.has(node)), ...nodes]) {
    if (state.has(start)) continue;
    state.set(start, "open");
    const stack = [{ node: start, next: 0 }];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const to = all.get(top.node)?.[top.next++];
      if (to === undefined) {
        state.set(top.node, "done");
        stack.pop();
        continue;
      }
      const seen = state.get(to);
      if (seen === "open") continue;
      push(links.after, top.node, to);
      push(links.before, to, top.node);
      if (seen) continue;
      state.set(to, "open");
      stack.push({ node: to, next: 0 });
    }
  }
  return links;
}

/** Columns by the longest way from a source; then nodes that nothing enters move right, beside what they feed. */
function intoColumns(nodes: readonly string[], { after, before }: Links): string[][] {
  const order = topological(nodes, { after, before });
  const column = new Map<string, number>();
  for (const node of order) {
    column.set(node, Math.max(0, ...(before.get(node) ?? []).map((one) => (column.get(one) ?? 0) + 1)));
  }
  for (const node of [...order].reverse()) {
    const fed = after.get(node) ?? [];
    if (fed.length > 0) column.set(node, Math.min(...fed.map((one) => column.get(one) ?? 0)) - 1);
  }
  const least = Math.min(...column.values());
  const columns: string[][] = [];
  for (const node of order) (columns[(column.get(node) ?? 0) - least] ??= []).push(node);
  return Array.from(columns, (one) => one ?? []);
}

function topological(nodes: readonly string[], { after, before }: Links): string[] {
  const waiting = new Map(nodes.map((node) => [node, before.get(node)?.length ?? 0]));
  const order = nodes.filter((node) => waiting.get(node) === 0);
  for (const node of order) {
    for (const next of after.get(node) ?? []) {
      const left = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, left);
      if (left === 0) order.push(next);
    }
  }
  return order;
}

/** Sweeps to and fro, putting each node at the mean place of its neighbours. */
function reorder(columns: string[][], { after, before }: Links): void {
  const place = new Map<string, number>();
  const number = (column: string[]): void =>
    column.forEach((node, index) => place.set(node, (index + 0.5) / column.length));
  columns.forEach(number);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forward = sweep % 2 === 0;
    for (const column of forward ? columns : [...columns].reverse()) {
      const wanted = new Map(column.map((node) => [node, mean((forward ? before : after).get(node), place)]));
      column.sort((a, b) => (wanted.get(a) ?? place.get(a) ?? 0) - (wanted.get(b) ?? place.get(b) ?? 0));
      number(column);
    }
  }
}

/** Heights: each node where its neighbours are, as far as those above and below it in the column leave room. */
function settle(
  columns: string[][],
  { after, before }: Links,
  sizes: ReadonlyMap<string, Size>,
): Map<string, Point> {
  const places = new Map<string, Point>();
  const heightOf = (node: string): number => sizes.get(node)?.height ?? 0;
  let x = 0;
  for (const column of columns) {
    let y = 0;
    for (const node of column) {
      places.set(node, { x, y });
      y += heightOf(node) + ROW_GAP;
    }
    x += Math.max(0, ...column.map((node) => sizes.get(node)?.width ?? 0)) + COLUMN_GAP;
  }
  const middle = new Map<string, number>();
  const remember = (node: string): void => {
    middle.set(node, (places.get(node)?.y ?? 0) + heightOf(node) / 2);
  };
  for (const node of places.keys()) remember(node);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forward = sweep % 2 === 0;
    for (const column of forward ? columns : [...columns].reverse()) {
      const wanted = column.map((node) => {
        const at = mean((forward ? before : after).get(node), middle) ?? middle.get(node) ?? 0;
        return at - heightOf(node) / 2;
      });
      stack(
        wanted,
        column.map((node) => heightOf(node) + ROW_GAP),
      ).forEach((y, index) => {
        const node = column[index];
        const place = node === undefined ? undefined : places.get(node);
        if (!node || !place) return;
        place.y = y;
        remember(node);
      });
    }
  }
  return places;
}

/**
 * Tops nearest to the wanted ones (least squares) that keep the order and the room each needs: neighbours that would
 * overlap join into blocks, and a block stands at the mean of its wishes.
 */
export function stack(wanted: readonly number[], room: readonly number[]): number[] {
  const blocks: { sum: number; count: number; height: number }[] = [];
  wanted.forEach((top, index) => {
    let block = { sum: top, count: 1, height: room[index] ?? 0 };
    for (let above = blocks.at(-1); above; above = blocks.at(-1)) {
      if (above.sum / above.count + above.height <= block.sum / block.count) break;
      blocks.pop();
      block = {
        sum: above.sum + block.sum - block.count * above.height,
        count: above.count + block.count,
        height: above.height + block.height,
      };
    }
    blocks.push(block);
  });
  const tops: number[] = [];
  for (const { sum, count } of blocks) {
    let top = sum / count;
    for (let index = 0; index < count; index++) {
      const at = tops.length;
      tops.push(top);
      top += room[at] ?? 0;
    }
  }
  return tops;
}

function mean(nodes: readonly string[] | undefined, values: ReadonlyMap<string, number>): number | undefined {
  if (!nodes || nodes.length === 0) return undefined;
  return nodes.reduce((sum, node) => sum + (values.get(node) ?? 0), 0) / nodes.length;
}

function push(lists: Map<string, string[]>, key: string, item: string): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
