import { describe, expect, it } from "vitest";

import { socket } from "../../graph/testing";
import type { End, PinType } from "../../graph/pins";
import connections from "./connections.json";
import { judge } from "./judge";

const pin = (
  side: PinType["side"],
  kind: PinType["kind"],
  signature: string | null,
  accepts?: string[],
): PinType => ({
  side,
  kind,
  socket: socket("s", signature, accepts),
});

describe("judge", () => {
  const cases: [string, PinType, PinType, boolean][] = [
    ["flow to flow", pin("output", "flow", null), pin("input", "flow", null), true],
    ["flow to value", pin("output", "flow", null), pin("input", "value", "bool"), false],
    ["same type", pin("output", "value", "float"), pin("input", "value", "float"), true],
    ["other type", pin("output", "value", "float3"), pin("input", "value", "bool"), false],
    ["open input", pin("output", "value", "float3"), pin("input", "value", null, ["float", "float3"]), true],
    [
      "input that would change",
      pin("output", "value", "int"),
      pin("input", "value", "float", ["float", "int"]),
      true,
    ],
    ["open output", pin("output", "value", null, ["float", "int"]), pin("input", "value", "int"), true],
    [
      "open output, no common type",
      pin("output", "value", null, ["float"]),
      pin("input", "value", "ref"),
      false,
    ],
    ["any", pin("output", "value", null, []), pin("input", "value", "ref"), true],
    ["two inputs", pin("input", "value", "int"), pin("input", "value", "int"), false],
  ];
  it.each(cases)("%s", (_, one, other, allowed) => {
    expect(judge(one, other).allowed).toBe(allowed);
    expect(judge(other, one).allowed).toBe(allowed);
  });

  it("judges every pair of pins as the model does", () => {
    const allowed = new Set(connections.allowed.map(String));
    const pins = connections.pins.map((each): End => ({
      node: each.node,
      side: each.side === "output" ? "output" : "input",
      kind: each.kind === "flow" ? "flow" : "value",
      socket: each.socket,
    }));
    const judged = pins.flatMap((output, from) =>
      pins.flatMap((input, to) =>
        output.side === "output" && input.side === "input" && judge(output, input).allowed
          ? [[from, to]]
          : [],
      ),
    );
    expect(new Set(judged.map(String))).toEqual(allowed);
  });

  it("says why, in words", () => {
    const verdict = judge(pin("output", "value", "float3"), pin("input", "value", "bool"));
    expect(verdict).toEqual({ allowed: false, reason: "Takes true or false; this gives vector of 3" });
  });
});
