import { expect, it } from "vitest";

import { ApiFailure } from "./failure";

it.each([
  ["this is not a link to a session", "This is not a link to a session"],
  ["`7x` is not a position", "`7x` is not a position"],
  ["walls.bin could not be added", "walls.bin could not be added"],
  ["/home/ada/fur.png could not be added", "/home/ada/fur.png could not be added"],
  ["Ann left", "Ann left"],
  ["", ""],
])("shows '%s' as a sentence", (message, shown) => {
  expect(new ApiFailure({ code: "invalid", message, detail: "" }).message).toBe(shown);
});
