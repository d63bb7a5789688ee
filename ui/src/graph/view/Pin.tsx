/** A pin: its shape tells the class of its type, its colour the type, its filling whether it is wired. */

import { memo } from "react";

import type { Pin as PinModel } from "../model/geometry";
import { signaturesOf } from "../pins";
import type { GraphLanguage, PinLook, PinShape } from "../language";

const OUTLINES: Record<PinShape, string> = {
  arrow: "M1.5 1.5h5l4.5 4.5-4.5 4.5h-5z",
  circle: "M6 1.2a4.8 4.8 0 1 1 0 9.6a4.8 4.8 0 1 1 0-9.6z",
  hexagon: "M3.4 1.4h5.2l2.6 4.6-2.6 4.6h-5.2l-2.6-4.6z",
  square:
    "M2.6 1.5h6.8a1.1 1.1 0 0 1 1.1 1.1v6.8a1.1 1.1 0 0 1-1.1 1.1h-6.8a1.1 1.1 0 0 1-1.1-1.1v-6.8a1.1 1.1 0 0 1 1.1-1.1z",
  diamond: "M6 .6l5.4 5.4-5.4 5.4-5.4-5.4z",
};

interface Props {
  language: GraphLanguage;
  pin: PinModel;
  dimmed: boolean;
}

export const Pin = memo(function Pin({ language, pin, dimmed }: Props) {
  const { shape, token } = lookOf(language, pin.kind, pin.socket.signature);
  const color = pin.missing ? "var(--error)" : `var(${token})`;
  return (
    <svg
      className="bp-pin"
      data-side={pin.side}
      data-dimmed={dimmed || undefined}
      viewBox="0 0 12 12"
      style={{ top: pin.at.y, color }}
      aria-hidden="true"
    >
      <title>{describe(language, pin)}</title>
      <path d={OUTLINES[shape]} fill={pin.connected ? "currentColor" : "var(--bg-1)"} stroke="currentColor" />
    </svg>
  );
});

const FLOW: PinLook = { shape: "arrow", token: "--pin-flow" };

/** How a pin or a wire looks: flow is the same in every graph. */
export function lookOf(language: GraphLanguage, kind: "flow" | "value", type: string | null): PinLook {
  return kind === "flow" ? FLOW : language.lookOf(type);
}

/** "condition, true or false, not connected". */
export function describe({ typeName }: GraphLanguage, pin: PinModel): string {
  const label = pin.socket.label || pin.socket.id;
  const state = pin.connected ? "connected" : "not connected";
  if (pin.missing) return `${label}: this operation has no such socket`;
  if (pin.kind === "flow") return `${label}, flow, ${state}`;
  const types = signaturesOf({ side: pin.side, kind: pin.kind, socket: pin.socket });
  const type = pin.socket.signature ?? (types.length === 1 ? types[0] : undefined);
  const what = type ? typeName(type) : types.length === 0 ? "any value" : `one of ${types.length} types`;
  return `${label}, ${what}, ${state}`;
}
