import { describe, expect, it } from "vitest";

import { clamp, formatNumber, parseNumber, stepFor, tidy } from "./numbers";

describe("reading numbers", () => {
  it.each([
    ["1.5", 1.5],
    ["0,25", 0.25],
    ["-3", -3],
    [" 1e3 ", 1000],
    ["1/4", 0.25],
    ["2 * (3 + 0,5)", 7],
    ["--2", 2],
    [".5", 0.5],
    ["", undefined],
    ["abc", undefined],
    ["1 +", undefined],
    ["(1", undefined],
    ["1/0", undefined],
    ["1 2", undefined],
  ])("%j is %s", (text, expected) => {
    expect(parseNumber(text)).toBe(expected);
  });
});

describe("writing numbers", () => {
  it.each([
    [0, "0"],
    [1.5, "1.5"],
    [0.1 + 0.2, "0.3"],
    [1 / 3, "0.3333"],
    [-0.00001, "-1.00e-5"],
    [1234567, "1234567"],
  ])("%s is %j", (value, expected) => {
    expect(formatNumber(value)).toBe(expected);
  });
});

it("steps by the magnitude, tidily, within limits", () => {
  expect(stepFor(0.5, false)).toBe(0.01);
  expect(stepFor(50, false)).toBe(0.1);
  expect(stepFor(50, true)).toBe(1);
  expect(tidy(0.1 + 0.2)).toBe(0.3);
  expect(clamp(3, 0, 1)).toBe(1);
  expect(clamp(-3, 0, undefined)).toBe(0);
});
