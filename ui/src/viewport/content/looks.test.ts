import { expect, it } from "vitest";

import { looksOf } from "./looks";

const DEFAULT = { exposure: 0, toneMapping: "neutral", environment: 1, rotation: 0 };

it("shows a scene that says nothing in a neutral room", () => {
  expect(looksOf(undefined)).toEqual(DEFAULT);
  expect(looksOf({})).toEqual(DEFAULT);
});

it("takes what it says", () => {
  const said = { exposure: -1.5, tone_mapping: "aces", environment_intensity: 2, environment_rotation: 3 };
  expect(looksOf(said)).toEqual({ exposure: -1.5, toneMapping: "aces", environment: 2, rotation: 3 });
  expect(looksOf({ ...said, environment: "none" }).environment).toBe(0);
});

it.each([
  [
    { exposure: 1e300, environment_intensity: 1e300 },
    { ...DEFAULT, exposure: 20, environment: 1000 },
  ],
  [{ exposure: Number.NaN, tone_mapping: "film", environment: "sky" }, DEFAULT],
  [
    { exposure: "much", environment_intensity: -3, environment_rotation: null },
    { ...DEFAULT, environment: 0 },
  ],
])("makes something of %j", (said, looks) => {
  expect(looksOf(said)).toEqual(looks);
});
