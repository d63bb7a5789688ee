/**
 * Which pins of a Blueprint may be wired: the rule of `connect_problem` in `model/src/kinds/blueprint/shape.rs`, whose cases
 * this is held to (`connections.json`). A flow output goes to a flow input; a value output to a value input of another node
 * when the types it may give and the types the input takes meet. A socket that names no type at all (of an operation whose
 * shape has not arrived) takes any.
 */

import { signaturesOf, type End, type Verdict } from "../../graph/pins";
import { typeName } from "./values/types";

const ALLOWED: Verdict = { allowed: true };

/** Whether the two ends may be wired, in either order; if not, why, for the person who drags. */
export function judge(one: End, other: End): Verdict {
  if (one.side === other.side) return refuse(one.side === "input" ? "Both are inputs" : "Both are outputs");
  const [output, input] = one.side === "output" ? [one, other] : [other, one];
  if (output.kind !== input.kind) return refuse("A flow cannot be wired to a value");
  if (output.kind === "flow") return ALLOWED;
  if (output.node !== undefined && output.node === input.node)
    return refuse("A node cannot wait for its own value. Keep it in a variable.");
  const gives = signaturesOf(output);
  const takes = signaturesOf(input);
  if (gives.length === 0 || takes.length === 0 || gives.some((type) => takes.includes(type))) return ALLOWED;
  return refuse(`Takes ${list(takes)}; this gives ${list(gives)}`);
}

function refuse(reason: string): Verdict {
  return { allowed: false, reason };
}

function list(signatures: readonly string[]): string {
  const names = signatures.map(typeName);
  if (names.length <= 3) return names.join(" or ");
  return `${names.slice(0, 3).join(", ")} or ${names.length - 3} more`;
}
