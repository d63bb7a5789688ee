import { describe, expect, it } from "vitest";

import { matching } from "./match";

describe("the palette", () => {
  const titles = ["Open project…", "Export…", "Undo moved Branch", "Reset layout"];
  it.each([
    ["", titles],
    ["undo", ["Undo moved Branch"]],
    ["rl", ["Reset layout"]],
    ["nothing of the kind", []],
  ])("finds %j", (query, expected) => {
    expect(matching(query, titles, (title) => title)).toEqual(expected);
  });
  it("puts the better match first", () => {
    expect(matching("ex", titles, (title) => title)[0]).toBe("Export…");
  });
});
