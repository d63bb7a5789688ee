/** Where the keys of the ARIA tree pattern lead. */
import type { TreeRow } from "./flatten";

export type TreeStep = { kind: "go"; id: string } | { kind: "toggle"; id: string } | undefined;

/** What a key means with the focus on `active`; undefined for keys that are not the tree's. */
export function treeStep(
  key: string,
  rows: readonly TreeRow[],
  active: string | undefined,
  pageSize: number,
): TreeStep {
  const at = rows.findIndex((row) => row.id === active);
  const row = rows[at];
  const go = (index: number): TreeStep => {
    const target = rows[Math.max(0, Math.min(rows.length - 1, index))];
    return target && { kind: "go", id: target.id };
  };
  if (!row)
    return ["ArrowDown", "ArrowUp", "Home", "End"].includes(key)
      ? go(key === "End" ? rows.length : 0)
      : undefined;
  switch (key) {
    case "ArrowDown":
      return go(at + 1);
    case "ArrowUp":
      return go(at - 1);
    case "Home":
      return go(0);
    case "End":
      return go(rows.length - 1);
    case "PageDown":
      return go(at + pageSize);
    case "PageUp":
      return go(at - pageSize);
    case "ArrowRight":
      if (!row.hasChildren) return undefined;
      return row.expanded ? go(at + 1) : { kind: "toggle", id: row.id };
    case "ArrowLeft":
      if (row.expanded) return { kind: "toggle", id: row.id };
      return row.parent === null ? undefined : { kind: "go", id: row.parent };
    default:
      return undefined;
  }
}

/** The next row after `active` whose name begins with what was typed. */
export function typeAhead(
  typed: string,
  rows: readonly TreeRow[],
  active: string | undefined,
  nameOf: (id: string) => string,
): string | undefined {
  const at = rows.findIndex((row) => row.id === active);
  const wanted = typed.toLowerCase();
  // One more letter of the same word may stay where it is; a first letter moves on.
  const start = typed.length > 1 ? Math.max(at, 0) : at + 1;
  for (let step = 0; step < rows.length; step += 1) {
    const row = rows[(start + step) % rows.length];
    if (row && nameOf(row.id).toLowerCase().startsWith(wanted)) return row.id;
  }
  return undefined;
}
