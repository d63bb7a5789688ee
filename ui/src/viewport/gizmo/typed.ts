/** Numbers that are typed while something is dragged: `2.5`, `-1 Tab 3`. Each stands for one of the free axes, in order. */

export interface Typed {
  readonly texts: readonly string[];
  /** Which of them is being typed. */
  readonly at: number;
}

export const NOTHING_TYPED: Typed = { texts: ["", "", ""], at: 0 };

/** What a key makes of it; undefined where the key is none that is typed. `axes` is how many numbers there can be. */
export function typedWith(typed: Typed, key: string, axes: number): Typed | undefined {
  const text = typed.texts[typed.at] ?? "";
  const write = (next: string): Typed => ({
    ...typed,
    texts: typed.texts.map((before, at) => (at === typed.at ? next : before)),
  });
  if (/^[0-9]$/.test(key)) return write(text + key);
  if (key === "." || key === ",")
    return write(text.includes(".") ? text : `${text === "" || text === "-" ? `${text}0` : text}.`);
  if (key === "-") return write(text.startsWith("-") ? text.slice(1) : `-${text}`);
  if (!isTyped(typed)) return undefined;
  if (key === "Backspace") return write(text.slice(0, -1));
  if (key === "Tab") return { ...typed, at: (typed.at + 1) % Math.max(axes, 1) };
  return undefined;
}

export const isTyped = ({ texts }: Typed): boolean => texts.some((text) => text !== "");

/** The numbers; NaN where nothing that is one stands. */
export function numbersOf({ texts }: Typed): number[] {
  const last = texts.findLastIndex((text) => text !== "");
  return texts.slice(0, last + 1).map((text) => (text === "" || text === "-" ? NaN : Number(text)));
}
