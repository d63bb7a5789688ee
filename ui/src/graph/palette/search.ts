/** Finding an operation by what a person types. */

/** What is searched of something that can be added. */
export interface Searchable {
  title: string;
  op: string;
  family: string;
  keywords: readonly string[];
}

export interface Found<T> {
  item: T;
  /** Higher is better; 0 when nothing was asked. */
  score: number;
}

export interface Group<T> {
  family: string;
  items: T[];
}

/**
 * The operations that match every word of the query, best first: in the title before keywords before the name, whole
 * words before beginnings before scattered letters. Without a query, all of them in their order.
 */
export function searchOperations<T extends Searchable>(operations: readonly T[], query: string): T[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...operations];
  const found: (Found<T> & { index: number })[] = [];
  operations.forEach((item, index) => {
    let score = 0;
    for (const word of words) {
      const points = scoreOf(item, word);
      if (points === 0) return;
      score += points;
    }
    found.push({ item, score, index });
  });
  return found.sort((a, b) => b.score - a.score || a.index - b.index).map(({ item }) => item);
}

/** Groups by family, families in the order of their best item. */
export function groupByFamily<T extends Pick<Searchable, "family">>(items: readonly T[]): Group<T>[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.family);
    if (group) group.push(item);
    else groups.set(item.family, [item]);
  }
  return [...groups].map(([family, grouped]) => ({ family, items: grouped }));
}

function scoreOf(item: Searchable, word: string): number {
  const title = textScore(item.title, word);
  const keyword = Math.max(0, ...item.keywords.map((text) => textScore(text, word)));
  const name = textScore(item.op, word);
  const family = item.family.toLowerCase().startsWith(word) ? 12 : 0;
  return Math.max(title, keyword * 0.8, name * 0.7, family);
}

function textScore(text: string, word: string): number {
  const lower = text.toLowerCase();
  // A shorter text that holds the word is the closer one.
  const brevity = 10 / (10 + lower.length);
  if (lower === word) return 100;
  if (lower.startsWith(word)) return 80 + brevity;
  const parts = text.split(/[\s/_-]+|(?<=[a-z])(?=[A-Z0-9])/).map((part) => part.toLowerCase());
  if (parts.includes(word)) return 70 + brevity;
  if (parts.some((part) => part.startsWith(word))) return 60 + brevity;
  if (parts.map((part) => part[0] ?? "").join("") === word) return 50 + brevity;
  if (lower.includes(word)) return 40 + brevity;
  return scattered(lower, word) ? 10 + brevity : 0;
}

/** Whether the letters stand in the text in their order, the first at the beginning of a word. */
function scattered(text: string, word: string): boolean {
  if (word.length < 2) return false;
  const starts = [...text].flatMap((letter, index) =>
    letter === word[0] && (index === 0 || /[\s/_-]/.test(text[index - 1] ?? "")) ? [index] : [],
  );
  return starts.some((start) => {
    let at = start;
    for (const letter of word) {
      at = text.indexOf(letter, at) + 1;
      if (at === 0) return false;
    }
    return at - start <= word.length * 3;
  });
}
