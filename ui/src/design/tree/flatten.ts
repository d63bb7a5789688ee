/** A tree as the rows one sees of it. */

export interface TreeRow {
  id: string;
  /** 0 for roots. */
  depth: number;
  hasChildren: boolean;
  expanded: boolean;
  /** Its place among its siblings, from 1, and how many they are. */
  position: number;
  siblings: number;
  parent: string | null;
}

interface FlattenOptions {
  roots: readonly string[];
  childrenOf: (id: string) => readonly string[];
  isExpanded: (id: string) => boolean;
  /** With a filter, only matches and what leads to them are rows, all unfolded. */
  matches?: ((id: string) => boolean) | undefined;
}

/** The visible rows, from the top. Iterative: hierarchies of files can be deeper than the call stack. */
export function flattenTree({ roots, childrenOf, isExpanded, matches }: FlattenOptions): TreeRow[] {
  const kept = matches && keptByFilter(roots, childrenOf, matches);
  const shown = (ids: readonly string[]) => (kept ? ids.filter((id) => kept.has(id)) : ids);
  const rows: TreeRow[] = [];
  const stack: { ids: readonly string[]; at: number; parent: string | null }[] = [
    { ids: shown(roots), at: 0, parent: null },
  ];
  // A tree that is none, by a defect elsewhere, must not hang the window.
  const seen = new Set<string>();
  for (let level = stack.at(-1); level; level = stack.at(-1)) {
    const id = level.ids[level.at];
    if (id === undefined) {
      stack.pop();
      continue;
    }
    level.at += 1;
    if (seen.has(id)) continue;
    seen.add(id);
    const children = shown(childrenOf(id));
    const expanded = children.length > 0 && (kept !== undefined || isExpanded(id));
    rows.push({
      id,
      depth: stack.length - 1,
      hasChildren: children.length > 0,
      expanded,
      position: level.at,
      siblings: level.ids.length,
      parent: level.parent,
    });
    if (expanded) stack.push({ ids: children, at: 0, parent: id });
  }
  return rows;
}

/** Matches and their ancestors. */
function keptByFilter(
  roots: readonly string[],
  childrenOf: (id: string) => readonly string[],
  matches: (id: string) => boolean,
): Set<string> {
  const kept = new Set<string>();
  const seen = new Set<string>();
  const path: { id: string; children: readonly string[]; at: number }[] = [];
  const enter = (id: string) => {
    if (seen.has(id)) return;
    seen.add(id);
    path.push({ id, children: childrenOf(id), at: 0 });
    if (matches(id)) path.forEach((step) => kept.add(step.id));
  };
  for (const root of roots) {
    enter(root);
    for (let step = path.at(-1); step; step = path.at(-1)) {
      const child = step.children[step.at];
      step.at += 1;
      if (child === undefined) path.pop();
      else enter(child);
    }
  }
  return kept;
}

/** The ids from one row to another, both included, in whichever direction. */
export function rowsBetween(rows: readonly TreeRow[], from: string, to: string): string[] {
  const a = rows.findIndex((row) => row.id === from);
  const b = rows.findIndex((row) => row.id === to);
  if (a < 0 || b < 0) return [to];
  return rows.slice(Math.min(a, b), Math.max(a, b) + 1).map((row) => row.id);
}

/** What a level is set in by, in pixels, where there is room. */
const INDENT = 14;
const LEAST_INDENT = 2;
/** How much of the width may be blank: the rest is for names. */
const BLANK = 0.4;

/**
 * By how many pixels each level is set in, and how many levels are, so that in a tree that is `deepest` levels deep, seen in
 * that width, names have room. All levels shrink alike: which row hangs below which is still seen.
 */
export function indentStep(deepest: number, width: number): { step: number; levels: number } {
  const room = width * BLANK;
  const step = Math.max(LEAST_INDENT, Math.min(INDENT, deepest > 0 ? room / deepest : INDENT));
  return { step, levels: Math.floor(room / step + 1e-9) };
}
