/** People choose any colour; two in one session must be told apart by it all the same. */
import { hexFromHsv } from "../design";

interface Coloured {
  readonly id: string;
  readonly color: string;
}

/** From this distance in Oklab, eyes tell two colours apart at a glance, side by side or not. */
const APART = 0.07;

/** What somebody is shown in whose own colour is taken: those offered to choose from, and the wheel in two shades. */
const OTHERS: readonly string[] = [
  "#ff8a57",
  "#5bc8ff",
  "#b58bff",
  "#4cc38a",
  "#f2c14e",
  "#f2726f",
  "#6fd3c7",
  "#ff8ac4",
  ...Array.from({ length: 24 }, (_, at) => hexFromHsv({ h: at * 15, s: 0.62, v: 1 })),
  ...Array.from({ length: 24 }, (_, at) => hexFromHsv({ h: at * 15 + 7, s: 0.7, v: 0.72 })),
];

/**
 * The colour that each person is shown in. Whoever has the smallest id, which is who came to WISSIL first, keeps the colour
 * they chose; who chose nearly the same gets the one farthest from all others. It hangs on nothing but the people, so that
 * everybody sees the same colours; those of `members` do not hang on who else is about.
 */
export function colorsApart(
  members: readonly Coloured[],
  guests: readonly Coloured[] = [],
): ReadonlyMap<string, string> {
  const shown = new Map<string, string>();
  const taken: Oklab[] = [];
  const byId = (people: readonly Coloured[]) => [...people].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const { id, color } of [...byId(members), ...byId(guests)]) {
    if (shown.has(id)) continue;
    const free = distance(oklab(color), taken) >= APART ? color : farthest(taken);
    shown.set(id, free);
    taken.push(oklab(free));
  }
  return shown;
}

/** Who of these has a colour that one takes for this one. */
export function colorHolder<T extends Coloured>(color: string, people: readonly T[]): T | undefined {
  return people.find((person) => distance(oklab(color), [oklab(person.color)]) < APART);
}

function farthest(taken: readonly Oklab[]): string {
  let best = { color: "", apart: -1 };
  for (const color of OTHERS) {
    const apart = distance(oklab(color), taken);
    if (apart > best.apart) best = { color, apart };
  }
  return best.color;
}

type Oklab = readonly [number, number, number];

/** To the nearest of them. Rounded, because engines differ in the last digit of a power. */
function distance(color: Oklab, taken: readonly Oklab[]): number {
  const nearest = Math.min(
    ...taken.map((other) => Math.hypot(color[0] - other[0], color[1] - other[1], color[2] - other[2])),
  );
  return Math.round(nearest * 1e6) / 1e6;
}

/** Björn Ottosson, "A perceptual color space for image processing"; what is no colour is grey. */
function oklab(color: string): Oklab {
  const digits = /^#([0-9a-f]{6})$/i.exec(color)?.[1] ?? "808080";
  const linear = (at: number) => {
    const part = Number.parseInt(digits.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const [r, g, b] = [linear(0), linear(2), linear(4)];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}
