/** Which entries of a list a person means. */
import { defaultFilter } from "cmdk";

/** How well a title fits: the lower the better. Letters that are spread over a title fit last. */
const FITS = { exactly: 0, begins: 1, word: 2, inside: 3, spread: 4 } as const;

/** How well a title fits a query; undefined where it does not. */
export function fit(query: string, title: string): number | undefined {
  const [wanted, text] = [plain(query), plain(title)];
  if (text === wanted) return FITS.exactly;
  if (text.startsWith(wanted)) return FITS.begins;
  if (!text.includes(wanted)) return defaultFilter(title, wanted) > 0 ? FITS.spread : undefined;
  const words = text.split(/[^\p{L}\p{N}]+/u);
  const begins = words.some((word) => word.startsWith(wanted)) || text.includes(` ${wanted}`);
  return begins ? FITS.word : FITS.inside;
}

/** Three dots are what stands on keyboards for an ellipsis. */
const plain = (text: string) => text.trim().replaceAll("...", "…").toLowerCase();

/**
 * The entries that a query finds, best first; all of them, in their order, for an empty one. What only has its letters
 * somewhere is found where nothing has the words.
 */
export function matching<T>(query: string, entries: readonly T[], titleOf: (entry: T) => string): T[] {
  const wanted = query.trim();
  if (wanted === "") return [...entries];
  const found = entries.flatMap((entry, at) => {
    const title = titleOf(entry);
    const how = fit(wanted, title);
    return how === undefined ? [] : [{ entry, at, how, score: defaultFilter(title, wanted) }];
  });
  const best = Math.min(...found.map(({ how }) => how));
  return found
    .filter(({ how }) => how < FITS.spread || best === FITS.spread)
    .sort((a, b) => a.how - b.how || b.score - a.score || a.at - b.at)
    .map(({ entry }) => entry);
}

/** What something else found, best first. */
export function bestFirst<T>(query: string, found: readonly T[], titleOf: (entry: T) => string): T[] {
  const fits = new Map(found.map((entry) => [entry, fit(query, titleOf(entry)) ?? FITS.spread]));
  return [...found].sort((a, b) => (fits.get(a) ?? 0) - (fits.get(b) ?? 0));
}

/** The groups with the best of all first; those that fit alike stay in their order. */
export function byBest<G extends { entries: readonly { title: string }[] }>(
  query: string,
  groups: readonly G[],
): G[] {
  if (query.trim() === "") return [...groups];
  const bestOf = ({ entries }: G) =>
    Math.min(...entries.map(({ title }) => fit(query, title) ?? FITS.spread));
  return groups
    .map((group, at) => ({ group, at, best: bestOf(group) }))
    .sort((a, b) => a.best - b.best || a.at - b.at)
    .map(({ group }) => group);
}
