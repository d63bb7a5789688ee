/**
 * Whether a text is what somebody searches for: it has every word of the query, anywhere and in any case, accents or not. An
 * empty query finds everything.
 */
export function finds(query: string, text: string): boolean {
  const within = plain(text);
  return plain(query)
    .split(/\s+/)
    .every((word) => within.includes(word));
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
}
