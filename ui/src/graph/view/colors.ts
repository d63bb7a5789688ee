/** Reads design tokens as plain colours, for what is drawn instead of styled. */

import type { Colors } from "./paint";

/** Tints are made for large areas; small marks need more of the text's colour to be seen. */
function mixed(tint: string, text: string, share: number): string {
  const channels = (color: string): number[] =>
    [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  const [from, to] = [channels(tint), channels(text)];
  if ([...from, ...to].some(Number.isNaN)) return tint;
  return `rgb(${from.map((channel, at) => Math.round(channel * (1 - share) + (to[at] ?? 0) * share)).join(" ")})`;
}

export function readColors(element: Element): Colors {
  const style = getComputedStyle(element);
  const token = (name: string, fallback: string): string => style.getPropertyValue(name).trim() || fallback;
  const text = token("--text-2", "#b4bcc8");
  return {
    node: token("--node", "#1c2026"),
    line: token("--node-line", "#343b46"),
    text: token("--text", "#e8ebf0"),
    accent: token("--accent", "#5b9dff"),
    error: token("--error", "#f2726f"),
    frame: token("--text-3", "#7d8794"),
    family: once((family) => mixed(token(`--family-${family}`, text), text, 0.28)),
    pin: once((name) => token(name, text)),
  };
}

/** Reading a token has the page compute its styles: each is read once for a picture. */
function once(read: (name: string) => string): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    let color = known.get(name);
    if (color === undefined) known.set(name, (color = read(name)));
    return color;
  };
}
