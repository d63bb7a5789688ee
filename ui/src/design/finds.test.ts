import { expect, it } from "vitest";

import { finds } from "./finds";

it.each([
  ["lan", "Lantern", true],
  ["TERN", "Lantern", true],
  ["2 lan", "Lantern 2", true],
  ["uber", "Über", true],
  ["", "Lantern", true],
  ["  ", "Lantern", true],
  ["lamp", "Lantern", false],
  ["lan 3", "Lantern 2", false],
])("of %j and %j it is %j", (query, text, found) => {
  expect(finds(query, text)).toBe(found);
});
