import { describe, expect, it } from "vitest";

import { contrastOf, personColor } from "./color";

const COLORS = [
  "#ff8a5b",
  "#56c8ff",
  "#000000",
  "#ffffff",
  "#101010",
  "#fdfdf0",
  "#777777",
  "#0000ff",
  "#ffff00",
];
const BACKGROUNDS = { dark: "#121519", light: "#f3f5f7", contrast: "#000000" };

describe.each(Object.entries(BACKGROUNDS))("on the %s canvas", (_, background) => {
  it.each(COLORS)("%s is seen and bears readable text", (color) => {
    const { line, fill, ink } = personColor(color, background);
    expect(contrastOf(line, background)).toBeGreaterThanOrEqual(3);
    expect(contrastOf(fill, background)).toBeGreaterThanOrEqual(1.25);
    expect(contrastOf(ink, fill)).toBeGreaterThanOrEqual(4.5);
  });
});

it("leaves a colour alone that can be seen", () => {
  expect(personColor("#56c8ff", BACKGROUNDS.dark)).toMatchObject({ line: "#56c8ff", fill: "#56c8ff" });
});

it.each(["", "red", "#12", "url(x)", "#12345g"])("reads %j, which is no colour, as grey", (color) => {
  expect(personColor(color, BACKGROUNDS.dark).line).toBe("#808080");
});

it("computes contrast as WCAG does", () => {
  expect(contrastOf("#000000", "#ffffff")).toBeCloseTo(21);
  expect(contrastOf("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
});
