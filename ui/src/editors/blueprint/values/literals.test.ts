import { describe, expect, it } from "vitest";

import { componentsIn, formatComponent, literalFrom, parseComponent, scrubbed } from "./literals";

describe("literals", () => {
  it.each([
    ["float", "1.5", 1.5],
    ["float", "1,5", 1.5],
    ["float", "2*(3+1)/-4", -2],
    ["float", "infinity", "Infinity"],
    ["int", "2.6", 3],
    ["int", "99999999999", 2147483647],
    ["float", "two", undefined],
    ["float", "1/0", undefined],
    ["float", "(1", undefined],
    ["ref", " /nodes/1 ", "/nodes/1"],
  ])("reads %s %j", (type, text, value) => expect(parseComponent(type, text)).toEqual(value));

  it("tells what is not set, or is of another type, from a 0", () => {
    expect(componentsIn("float3", { type: "float3", value: [0, 2] })).toEqual([0, 2, undefined]);
    expect(componentsIn("bool", { type: "float", value: [1] })).toEqual([undefined]);
    expect(componentsIn("float", undefined)).toEqual([undefined]);
  });

  it("stores a whole value when one component is set", () => {
    expect(literalFrom("float3", [undefined, 2, undefined])).toEqual({ type: "float3", value: [0, 2, 0] });
    expect(literalFrom("bool", [undefined])).toEqual({ type: "bool", value: [false] });
  });

  it("stores numbers that JSON lacks as words", () => {
    expect(literalFrom("float2", [NaN, -Infinity])).toEqual({ type: "float2", value: ["NaN", "-Infinity"] });
  });

  it("shows numbers as short as there is room, and all of them to whoever edits", () => {
    expect(formatComponent(0.1 + 0.2, 6)).toBe("0.3");
    expect(formatComponent(1e9, 6)).toBe("1e9");
    expect(formatComponent(-0.70710678, 5)).toBe("-0.71");
    expect(formatComponent(-0.70710678)).toBe("-0.70710678");
    expect(formatComponent("Infinity", 5)).toBe("Infinity");
  });

  it("scrubs in steps that fit the size of the number", () => {
    expect(scrubbed("float", 0.5, 3, false, false)).toBe(0.53);
    expect(scrubbed("float", 500, 1, false, false)).toBe(501);
    expect(scrubbed("int", 4, 2, false, false)).toBe(6);
  });
});
