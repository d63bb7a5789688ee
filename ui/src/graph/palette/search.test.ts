import { describe, expect, it } from "vitest";

import { groupByFamily, searchOperations, type Searchable } from "./search";

const operations: Searchable[] = [
  { title: "Add", op: "math/add", family: "math", keywords: ["plus", "sum"] },
  { title: "Random", op: "math/random", family: "math", keywords: [] },
  { title: "Set delay", op: "flow/setDelay", family: "flow", keywords: ["wait", "timer"] },
  { title: "Set pointer", op: "pointer/set", family: "pointer", keywords: ["write", "property"] },
  { title: "Radians", op: "math/rad", family: "math", keywords: [] },
];
const search = (query: string) => searchOperations(operations, query).map(({ op }) => op);

describe("searchOperations", () => {
  it.each([
    ["", operations.map(({ op }) => op)],
    ["add", ["math/add"]],
    ["sum", ["math/add"]],
    ["wait", ["flow/setDelay"]],
    ["set po", ["pointer/set"]],
    ["setDelay", ["flow/setDelay"]],
    ["sp", ["pointer/set"]],
    ["rdm", ["math/random"]],
    ["nonsense", []],
  ])("%j", (query, found) => expect(search(query)).toEqual(found));

  it("puts the title before the keyword, and its beginning before its middle", () => {
    expect(search("rad")[0]).toBe("math/rad");
    expect(search("set").slice(0, 2).sort()).toEqual(["flow/setDelay", "pointer/set"]);
  });

  it("groups families in the order of their best", () => {
    expect(groupByFamily(searchOperations(operations, "set")).map(({ family }) => family)[0]).not.toBe(
      "math",
    );
  });
});
