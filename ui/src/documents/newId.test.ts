import { expect, it } from "vitest";

import { newId } from "./newId";

it("makes ULIDs that sort by the order they were made in", () => {
  const ids = Array.from({ length: 500 }, () => newId());
  expect(new Set(ids).size).toBe(500);
  expect([...ids].sort()).toEqual(ids);
  expect(ids.every((id) => /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id))).toBe(true);
});

it("writes the time first", () => {
  expect(newId(Date.UTC(2099, 0, 1)) < newId(Date.UTC(2100, 0, 1))).toBe(true);
});
