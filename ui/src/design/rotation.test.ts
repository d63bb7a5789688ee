import { describe, expect, it } from "vitest";

import { eulerFromQuaternion, quaternionFromEuler } from "./rotation";

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
});
