/** Colours as pickers give them, `#rrggbb` in sRGB, and as glTF stores them, linear RGB from 0 to 1. */

export function hexFromLinear(rgb: readonly number[]): string {
  return `#${[0, 1, 2]
    .map((at) =>
      byteFromLinear(rgb[at] ?? 0)
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}

export function linearFromHex(hex: string): [number, number, number] {
  const byte = (at: number) => parseInt(hex.slice(1 + at * 2, 3 + at * 2), 16) || 0;
  return [linearFromByte(byte(0)), linearFromByte(byte(1)), linearFromByte(byte(2))];
}

function byteFromLinear(value: number): number {
  const v = Math.min(1, Math.max(0, value));
  const encoded = v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055;
  return Math.round(encoded * 255);
}

function linearFromByte(byte: number): number {
  const v = byte / 255;
  const linear = v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  // Five digits tell all 256 values apart and keep what is stored readable.
  return Number(linear.toPrecision(5));
}
