import { expect, it } from "vitest";

import type { Entry } from "../../graph/language";
import { propertyEntries } from "./catalogue";

const entry = (op: string) =>
  ({ op, key: op, starts: { configuration: {}, values: {} } }) as unknown as Entry;

it("offers to set and get what one changes of an entity that is dropped on the canvas", () => {
  const offered = propertyEntries([entry("pointer/get"), entry("pointer/set"), entry("math/add")], "lantern");
  expect(offered.map(({ op, title, starts }) => [op, title, starts.configuration["pointer"]])).toContainEqual(
    ["pointer/set", "Set position", ["/nodes/lantern/translation"]],
  );
  expect(offered.map(({ title }) => title)).toEqual([
    ...["Set position", "Set rotation", "Set scale", "Set visibility"],
    ...["Get position", "Get rotation", "Get scale", "Get visibility"],
  ]);
  expect(propertyEntries([entry("math/add")], "lantern")).toEqual([]);
});
