import { describe, expect, it } from "vitest";

import { clamp, exactNumber, fitNumber, formatNumber, parseNumber, stepFor, tidy } from "./numbers";

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

describe("writing numbers where there is little room", () => {
  it.each([
    [1e9, 20, "1000000000"],
    [1e9, 5, "1e9"],
    [-1e9, 4, "-1e9"],
    [1234567891, 6, "1.23e9"],
    [0.70711, 6, "0.7071"],
    [-0.70711, 5, "-0.71"],
    [-12.345, 5, "-12.3"],
    [1234.567, 5, "1235"],
    [0.0004, 5, "4e-4"],
    [-0.00001, 5, "-1e-5"],
    [0, 1, "0"],
    [Infinity, 3, "Infinity"],
  ])("%s in %s characters is %j", (value, characters, expected) => {
    expect(fitNumber(value, characters)).toBe(expected);
  });

  it("keeps all digits for whoever edits", () => {
    expect(exactNumber(1234567891.25)).toBe("1234567891.25");
    expect(exactNumber(1 / 3)).toBe("0.333333333333");
    expect(exactNumber(0.1 + 0.2)).toBe("0.3");
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
