import { describe, expect, it } from "vitest";

import { hexFromLinear, linearFromHex } from "./color";
import { eventTypeFor } from "./fields";
import { componentsOf, withComponent } from "./literals";
import { decompose, eulerFromQuaternion, quaternionFromEuler } from "./rotation";
import { sharedValue, transformSet } from "./values";

describe("rotations", () => {
  it.each([
    [
      [0, 0, 0],
      [0, 0, 0, 1],
    ],
    [
      [90, 0, 0],
      [Math.SQRT1_2, 0, 0, Math.SQRT1_2],
    ],
    [
      [0, 180, 0],
      [0, 1, 0, 0],
    ],
  ] as const)("%j degrees", (euler, quaternion) => {
    quaternionFromEuler(euler).forEach((part, at) => expect(part).toBeCloseTo(quaternion[at]!, 12));
  });

  it("come back from every direction as the same rotation", () => {
    for (let x = -180; x <= 180; x += 45) {
      for (let y = -90; y <= 90; y += 30) {
        for (let z = -180; z <= 180; z += 45) {
          const there = quaternionFromEuler([x, y, z]);
          const back = quaternionFromEuler(eulerFromQuaternion(there));
          const dot = there.reduce((sum, part, at) => sum + part * back[at]!, 0);
          expect(Math.abs(dot)).toBeCloseTo(1, 6);
        }
      }
    }
  });

  it("are read from a matrix with its scale and place", () => {
    // Turned 90° about Z, scaled 2 along X, at 1, 2, 3; column-major.
    const { translation, rotation, scale } = decompose([0, 2, 0, 0, -1, 0, 0, 0, 0, 0, 1, 0, 1, 2, 3, 1]);
    expect(translation).toEqual([1, 2, 3]);
    expect(scale).toEqual([2, 1, 1]);
    expect(eulerFromQuaternion(rotation)).toEqual([0, 0, 90]);
  });
});

describe("colours", () => {
  it("every byte survives the way to linear and back", () => {
    for (let byte = 0; byte < 256; byte += 1) {
      const hex = `#${byte.toString(16).padStart(2, "0").repeat(3)}`;
      expect(hexFromLinear(linearFromHex(hex))).toBe(hex);
    }
  });
});

describe("values of several records", () => {
  const description = {
    field: "visible",
    label: "Visible",
    type: { kind: "toggle" as const },
    fallback: true,
  };
  it("are shared or not, absent ones read as their default", () => {
    expect(sharedValue([{}, { visible: true }], description)).toBe(true);
    expect(sharedValue([{}, { visible: false }], description)).toBeUndefined();
  });

  it("a matrix gives way to the three parts when one is set", () => {
    const matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 5, 6, 7, 1];
    expect(transformSet({ matrix }, "scale", [2, 2, 2])).toEqual({
      translation: [5, 6, 7],
      rotation: [0, 0, 0, 1],
      scale: [2, 2, 2],
      matrix: null,
    });
    expect(transformSet({}, "scale", [2, 2, 2])).toEqual({ scale: [2, 2, 2] });
  });
});

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

it("names gestures as the model does", () => {
  expect(eventTypeFor("entities", "name")).toBe("entity.rename");
  expect(eventTypeFor("entities", "rotation")).toBe("entity.transform");
  expect(eventTypeFor("entities", "visible")).toBe("entity.set");
  expect(eventTypeFor("materials", "metallic")).toBe("material.set");
});
