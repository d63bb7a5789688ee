import { describe, expect, it } from "vitest";

import { colorsApart } from "./apart";

const person = (id: string, color: string) => ({ id, color });

describe("colours of people in one session", () => {
  it("stay as they were chosen where they differ", () => {
    const people = ["#ff8a57", "#5bc8ff", "#b58bff", "#4cc38a", "#f2c14e", "#f2726f", "#6fd3c7", "#ff8ac4"];
    const shown = colorsApart(people.map((color, at) => person(`p${at}`, color)));
    expect([...shown.values()]).toEqual(people);
  });

  it.each([
    ["the same", "#5bc8ff"],
    ["nearly the same", "#56c8ff"],
    ["the same in other letters", "#5BC8FF"],
  ])("differ where two chose %s; the first keeps theirs", (_, color) => {
    const shown = colorsApart([person("b", color), person("a", "#5bc8ff")]);
    expect(shown.get("a")).toBe("#5bc8ff");
    expect(shown.get("b")).not.toBe(color);
  });

  it("are all different for thirty people who never chose", () => {
    const shown = colorsApart(Array.from({ length: 30 }, (_, at) => person(`p${at}`, "#5bc8ff")));
    expect(new Set(shown.values()).size).toBe(30);
  });

  it("are the same on every replica, in whatever order people are known there", () => {
    const people = ["c", "a", "d", "b"].map((id) => person(id, "#f2c14e"));
    const there = colorsApart([...people].reverse());
    for (const [id, color] of colorsApart(people)) expect(there.get(id)).toBe(color);
  });

  it("do not change for members when a guest comes who has one of them", () => {
    const members = [person("m", "#5bc8ff"), person("n", "#ff8a57")];
    const shown = colorsApart(members, [person("a", "#5bc8ff")]);
    expect(shown.get("m")).toBe("#5bc8ff");
    expect(shown.get("n")).toBe("#ff8a57");
    expect(shown.get("a")).not.toBe("#5bc8ff");
  });
});
