import { expect, it } from "vitest";

import { eulerFromQuaternion } from "../../design";
import { decompose, transformSet } from "./matrix";

it("a transform is read from a matrix with its scale and place", () => {
  // Turned 90° about Z, scaled 2 along X, at 1, 2, 3; column-major.
  const { translation, rotation, scale } = decompose([0, 2, 0, 0, -1, 0, 0, 0, 0, 0, 1, 0, 1, 2, 3, 1]);
  expect(translation).toEqual([1, 2, 3]);
  expect(scale).toEqual([2, 1, 1]);
  expect(eulerFromQuaternion(rotation)).toEqual([0, 0, 90]);
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
