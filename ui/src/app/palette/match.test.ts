import { describe, expect, it } from "vitest";

import { bestFirst, byBest, matching } from "./match";

describe("the palette", () => {
  const titles = ["Open project…", "Export…", "Undo moved Branch", "Reset layout"];
  it.each([
    ["", titles],
    ["undo", ["Undo moved Branch"]],
    ["rl", ["Reset layout"]],
    ["export...", ["Export…"]],
    ["nothing of the kind", []],
  ])("finds %j", (query, expected) => {
    expect(matching(query, titles, (title) => title)).toEqual(expected);
  });
  it("puts the better match first", () => {
    expect(matching("ex", titles, (title) => title)[0]).toBe("Export…");
  });
});

describe("what is called exactly so", () => {
  const plain = (title: string) => title;
  it("comes first, then what begins so, then words, then what holds it", () => {
    const titles = ["Absorb", "Show orbs", "Orbit", "Orb"];
    expect(matching("orb", titles, plain)).toEqual(["Orb", "Orbit", "Show orbs", "Absorb"]);
    expect(bestFirst("orb", ["Something else", ...titles], plain)[0]).toBe("Orb");
  });
  it("leaves out what only has its letters", () => {
    expect(matching("not", ["Note", "Open project to"], plain)).toEqual(["Note"]);
  });
  it("brings its group to the front", () => {
    const group = (heading: string, ...titles: string[]) => ({
      heading,
      entries: titles.map((title) => ({ title })),
    });
    const groups = [
      group("Commands", "Show Problems"),
      group("Documents", "Orbit"),
      group("In documents", "Orb"),
    ];
    const order = (query: string) => byBest(query, groups).map(({ heading }) => heading);
    expect(order("orb")).toEqual(["In documents", "Documents", "Commands"]);
    expect(order("")).toEqual(["Commands", "Documents", "In documents"]);
  });
});
