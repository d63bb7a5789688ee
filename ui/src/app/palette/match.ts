/** Which entries of a list a person means. */
import { defaultFilter } from "cmdk";

/** The entries that a query finds, best first; all of them, in their order, for an empty one. */
export function matching<T>(query: string, entries: readonly T[], titleOf: (entry: T) => string): T[] {
  const wanted = query.trim();
  if (wanted === "") return [...entries];
  return entries
    .map((entry, at) => ({ entry, at, score: defaultFilter(titleOf(entry), wanted) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.at - b.at)
    .map(({ entry }) => entry);
}
