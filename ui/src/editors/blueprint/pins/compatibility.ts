/**
 * Which pins may be wired. A flow output goes to a flow input; a value output goes to a value input when the types it
 * may have and the types the input takes meet. A socket that names no type at all (of an unknown operation) takes any.
 */

import type { Socket } from "../../../ipc/types";
import type { WireKind } from "../graph/records";
import { typeName } from "./types";

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

export type Verdict = { allowed: true } | { allowed: false; reason: string };

const ALLOWED: Verdict = { allowed: true };

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

/** Whether the two ends may be wired, in either order; if not, why, for the person who drags. */
export function judge(one: PinType, other: PinType): Verdict {
  if (one.side === other.side) return refuse(one.side === "input" ? "Both are inputs" : "Both are outputs");
  const [output, input] = one.side === "output" ? [one, other] : [other, one];
  if (output.kind !== input.kind) return refuse("A flow cannot be wired to a value");
  if (output.kind === "flow") return ALLOWED;
  const gives = signaturesOf(output);
  const takes = signaturesOf(input);
  if (gives.length === 0 || takes.length === 0 || gives.some((type) => takes.includes(type))) return ALLOWED;
  return refuse(`Takes ${list(takes)}; this gives ${list(gives)}`);
}

export function compatible(one: PinType, other: PinType): boolean {
  return judge(one, other).allowed;
}

function refuse(reason: string): Verdict {
  return { allowed: false, reason };
}

function list(signatures: readonly string[]): string {
  const names = signatures.map(typeName);
  if (names.length <= 3) return names.join(" or ");
  return `${names.slice(0, 3).join(", ")} or ${names.length - 3} more`;
}
