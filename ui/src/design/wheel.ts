/** What a wheel event means: a mouse wheel zooms, two fingers on a trackpad pan, a pinch zooms. */

export type Wheel = { kind: "zoom"; factor: number } | { kind: "pan"; by: { x: number; y: number } };

type Turn = Pick<WheelEvent, "deltaX" | "deltaY" | "deltaMode" | "ctrlKey" | "metaKey" | "shiftKey">;

const LINE = 20;
/** A mouse wheel turns by notches at least this large; a trackpad reports small or fractional steps. */
const NOTCH = 40;

/** Reads it; `by` and what a factor follows from are pixels. */
export function readWheel(event: Turn): Wheel {
  const unit = event.deltaMode === 1 ? LINE : 1;
  const x = event.deltaX * unit;
  const y = event.deltaY * unit;
  if (event.ctrlKey || event.metaKey) return { kind: "zoom", factor: 2 ** (-clamp(y, 60) / 100) };
  if (event.shiftKey) return { kind: "pan", by: x === 0 ? { x: -y, y: 0 } : { x: -x, y: -y } };
  const notched = event.deltaMode === 1 || (x === 0 && Math.abs(y) >= NOTCH && Number.isInteger(y));
  if (notched) return { kind: "zoom", factor: 2 ** (-clamp(y, 120) / 400) };
  return { kind: "pan", by: { x: -x, y: -y } };
}

function clamp(number: number, most: number): number {
  return Math.min(Math.max(number, -most), most);
}
