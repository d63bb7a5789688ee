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

  it("fills what is missing and drops what is of another type", () => {
    expect(componentsIn("float3", { type: "float3", value: [1, 2] })).toEqual([1, 2, 0]);
    expect(componentsIn("bool", { type: "float", value: [1] })).toEqual([false]);
  });

  it("stores numbers that JSON lacks as words", () => {
    expect(literalFrom("float2", [NaN, -Infinity])).toEqual({ type: "float2", value: ["NaN", "-Infinity"] });
  });

  it("shows short numbers", () => {
    expect(formatComponent(0.1 + 0.2)).toBe("0.3");
    expect(formatComponent(1234)).toBe("1234");
  });

  it("scrubs in steps that fit the size of the number", () => {
    expect(scrubbed("float", 0.5, 3, false, false)).toBe(0.53);
    expect(scrubbed("float", 500, 1, false, false)).toBe(501);
    expect(scrubbed("int", 4, 2, false, false)).toBe(6);
  });
});
