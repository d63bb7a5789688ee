import { expect, it } from "vitest";

import { componentsOf, withComponent } from "./literals";

it("literals keep their other components", () => {
  expect(withComponent("float3", { type: "float3", value: [1, 2, 3] }, 1, 9)).toEqual({
    type: "float3",
    value: [1, 9, 3],
  });
  expect(withComponent("float2", undefined, 0, 4)).toEqual({ type: "float2", value: [4, 0] });
  expect(componentsOf({ type: "float2", value: ["Infinity", 1] }, 2)).toEqual([Infinity, 1]);
  expect(componentsOf({ type: "float2", value: [0] }, 2)).toEqual([0, undefined]);
  expect(componentsOf(undefined, 2)).toEqual([undefined, undefined]);
});
