import { expect, it } from "vitest";

import { initials, listed, namesOf } from "./names";
import { peer } from "./testing";

it.each([
  ["Ada Lovelace", "AL"],
  ["ada", "A"],
  ["Ada King of Lovelace", "AL"],
  ["  ", "?"],
  ["", "?"],
  ["李 小龍", "李小"],
  ["👩‍🚀 Sally", "👩‍🚀S"],
  ["Éva Öz", "ÉÖ"],
])("abbreviates %j as %j", (name, expected) => {
  expect(initials(name)).toBe(expected);
});

it("numbers the devices of one person, whatever order they came in", () => {
  const names = namesOf([peer("ann2"), peer("bob"), peer("ann1")], "you");
  expect([...names]).toEqual([
    ["ann2", "ann 2"],
    ["bob", "bob"],
    ["ann1", "ann 1"],
  ]);
});

it("says which devices are one's own", () => {
  expect(namesOf([peer("ann1")], "ann").get("ann1")).toBe("ann (your other device)");
});

it("gives somebody without a name a word", () => {
  const nameless = { replica: "r", person: { id: "x", name: " ", color: "#808080" } };
  expect(namesOf([nameless], "you").get("r")).toBe("Somebody");
});

it.each([
  [["Ann"], "Ann"],
  [["Ann", "Bob"], "Ann and Bob"],
  [["Ann", "Bob", "Cleo"], "Ann, Bob and Cleo"],
  [["Ann", "Bob", "Cleo", "Dee"], "Ann, Bob and 2 others"],
])("lists %j as %j", (names, expected) => {
  expect(listed(names)).toBe(expected);
});
