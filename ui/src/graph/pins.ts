/** Pins: where a wire may end, and what a connection needs to know of it. */

import type { Socket } from "../ipc/types";
import type { WireKind } from "./model/records";

export type PinSide = "input" | "output";

/** One socket of one node. Flow and value sockets may share a name. */
export interface PinAddress {
  node: string;
  side: PinSide;
  kind: WireKind;
  socket: string;
}

/** What a connection needs to know of one of its ends. */
export interface PinType {
  side: PinSide;
  kind: WireKind;
  socket: Pick<Socket, "signature" | "accepts">;
}

/** A pin that is to be wired, with the node that it is of, once there is one. */
export type End = PinType & { node?: string };

export type Verdict = { allowed: true } | { allowed: false; reason: string };

export function pinKey(pin: PinAddress): string {
  return `${pin.node}:${pin.side}:${pin.kind}:${pin.socket}`;
}

export function samePin(a: PinAddress, b: PinAddress): boolean {
  return a.node === b.node && a.side === b.side && a.kind === b.kind && a.socket === b.socket;
}

/** The types a socket may give or take; empty when it may be any. */
export function signaturesOf({ socket: { signature, accepts } }: PinType): readonly string[] {
  return accepts.length === 0 && signature ? [signature] : accepts;
}
