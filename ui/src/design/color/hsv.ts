/** Colours as pickers handle them: hue in degrees from 0 to 360, saturation and value from 0 to 1. */
export interface Hsv {
  h: number;
  s: number;
  v: number;
}

/** `#rrggbb` as hue, saturation and value. Greys have no hue and get `hue`, black has no saturation and gets `saturation`. */
export function hsvFromHex(hex: string, hue = 0, saturation = 0): Hsv {
  const channel = (at: number) => (parseInt(hex.slice(1 + at * 2, 3 + at * 2), 16) || 0) / 255;
  const [r, g, b] = [channel(0), channel(1), channel(2)];
  const v = Math.max(r, g, b);
  const range = v - Math.min(r, g, b);
  if (v === 0) return { h: hue, s: saturation, v: 0 };
  if (range === 0) return { h: hue, s: 0, v };
  const sixth = v === r ? ((g - b) / range + 6) % 6 : v === g ? (b - r) / range + 2 : (r - g) / range + 4;
  return { h: sixth * 60, s: range / v, v };
}

/** As `#rrggbb`, to the nearest of its 256 levels. */
export function hexFromHsv({ h, s, v }: Hsv): string {
  // Foley and van Dam; as CSS Color 4 writes it for HWB.
  const channel = (n: number) => {
    const k = (n + h / 60) % 6;
    return v - v * s * Math.max(0, Math.min(k, 4 - k, 1));
  };
  const byte = (n: number) =>
    Math.round(channel(n) * 255)
      .toString(16)
      .padStart(2, "0");
  return `#${byte(5)}${byte(3)}${byte(1)}`;
}

/** `#rgb` or `#rrggbb`, with or without its sign, as `#rrggbb`; undefined when it is no colour. */
export function parseHexColor(text: string): string | undefined {
  const match = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim());
  const digits = match?.[1]?.toLowerCase();
  if (digits === undefined) return undefined;
  return `#${digits.length === 3 ? [...digits].map((digit) => digit + digit).join("") : digits}`;
}

/** Why a text is no colour, if so. */
export function colorProblem(text: string): string | undefined {
  return parseHexColor(text) === undefined ? `“${text.trim()}” is no colour; type one as #ff8800` : undefined;
}
