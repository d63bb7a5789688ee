import { expect, it } from "vitest";

import { loopThrough, mustLetGo } from "./loop";

const follows = (pairs: Record<string, string>) => (replica: string) => pairs[replica] ?? null;

it("finds who follows this window, directly or through others", () => {
  expect(loopThrough("me", "ann", follows({ ann: "me" }))).toEqual(["ann"]);
  expect(loopThrough("me", "ann", follows({ ann: "bob", bob: "me" }))).toEqual(["ann", "bob"]);
});

it("finds none where nobody follows this window", () => {
  expect(loopThrough("me", "ann", follows({}))).toBeUndefined();
  expect(loopThrough("me", "ann", follows({ ann: "bob" }))).toBeUndefined();
});

it("does not run forever in a loop of others", () => {
  expect(loopThrough("me", "ann", follows({ ann: "bob", bob: "ann" }))).toBeUndefined();
});

it("lets exactly one member of a loop go", () => {
  expect(mustLetGo("b", ["a"])).toBe(true);
  expect(mustLetGo("a", ["b"])).toBe(false);
  expect([mustLetGo("a", ["b", "c"]), mustLetGo("b", ["c", "a"]), mustLetGo("c", ["a", "b"])]).toEqual([
    false,
    false,
    true,
  ]);
});
