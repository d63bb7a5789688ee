/** People choose any colour; what is drawn in it must still be seen. Contrast as WCAG 2.2 defines it. */
import { useMemo } from "react";

import { useTheme } from "../design";

export interface PersonColor {
  /** For lines: the person's colour, moved away from the background as far as lines need. */
  readonly line: string;
  /** For areas, which need less. */
  readonly fill: string;
  /** For text on such an area. */
  readonly ink: string;
}

type Rgb = readonly [number, number, number];

const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];
const GREY: Rgb = [128, 128, 128];
/** WCAG 2.2, 1.4.11: graphics that are needed to understand. */
const LINE = 3;
/** An area is recognised by the text on it; it only must not vanish. */
const FILL = 1.25;
const STEPS = 20;

/** A person's colour as it can be seen on a background; both `#rrggbb`. What is no colour reads as grey. */
export function personColor(color: string, background: string): PersonColor {
  const behind = parse(background) ?? BLACK;
  const wanted = parse(color) ?? GREY;
  const towards = contrast(behind, WHITE) >= contrast(behind, BLACK) ? WHITE : BLACK;
  const moved = (least: number): Rgb => {
    let color = wanted;
    for (let step = 1; step <= STEPS && contrast(color, behind) < least; step += 1) {
      color = mixed(wanted, towards, step / STEPS);
    }
    return color;
  };
  const fill = moved(FILL);
  // One of the two always reaches 4.5.
  const ink = contrast(fill, BLACK) >= contrast(fill, WHITE) ? BLACK : WHITE;
  return { line: format(moved(LINE)), fill: format(fill), ink: format(ink) };
}

/** Colours of people as the theme shows them. */
export function usePersonColor(): (color: string) => PersonColor {
  const theme = useTheme();
  return useMemo(() => {
    const style = getComputedStyle(document.documentElement);
    const background = style.getPropertyValue("--canvas").trim() || FALLBACK[theme];
    return (color) => personColor(color, background);
  }, [theme]);
}

/** Before the style sheet has loaded. */
const FALLBACK = { dark: "#121519", light: "#f3f5f7", contrast: "#000000" } as const;

/** From 1 for the same colour to 21 for black on white. */
export function contrastOf(a: string, b: string): number {
  return contrast(parse(a) ?? GREY, parse(b) ?? GREY);
}

function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance([red, green, blue]: Rgb): number {
  const linear = (channel: number) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function mixed(from: Rgb, to: Rgb, share: number): Rgb {
  const channel = (at: 0 | 1 | 2) => Math.round(from[at] + (to[at] - from[at]) * share);
  return [channel(0), channel(1), channel(2)];
}

function parse(color: string): Rgb | undefined {
  const digits = /^#([0-9a-f]{6})$/i.exec(color)?.[1];
  if (digits === undefined) return undefined;
  const channel = (at: number) => Number.parseInt(digits.slice(at, at + 2), 16);
  return [channel(0), channel(2), channel(4)];
}

function format(color: Rgb): string {
  return `#${color.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}
