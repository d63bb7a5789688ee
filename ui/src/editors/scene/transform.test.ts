import { describe, expect, it } from "vitest";

import type { Entities } from "./entityTree";
import { fieldsKeepingPlace, world } from "./transform";

const half = Math.SQRT1_2;
const entities: Entities = new Map(
  Object.entries({
    shelf: { name: "Shelf", translation: [1, 2, 3], rotation: [0, half, 0, half], scale: [2, 2, 2] },
    tilted: { name: "Tilted", parent: "shelf", rotation: [half, 0, 0, half] },
    flat: { name: "Flat", scale: [1, 0, 1] },
    uneven: { name: "Uneven", scale: [1, 3, 1] },
    mirror: { name: "Mirror", scale: [-1, 1, 1] },
    cup: { name: "Cup", translation: [4, 0, 0], rotation: [0, 0, 0.6, 0.8], scale: [1, 2, 3] },
    fixed: { name: "Fixed", matrix: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 5, 6, 7, 1] },
  }),
);

function placed(id: string, parent: string | null) {
  const fields = fieldsKeepingPlace(entities, id, parent);
  const cleared = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
  const kept = Object.fromEntries(
    Object.entries(entities.get(id) ?? {}).filter(([name]) => !(name in fields)),
  );
  const moved: Entities = new Map([...entities, [id, { ...kept, ...cleared, parent: parent ?? "" }]]);
  return { fields, before: world(entities, id), after: world(moved, id) };
}

describe("fieldsKeepingPlace", () => {
  it.each([
    ["cup", "shelf"],
    ["cup", "tilted"],
    ["cup", "mirror"],
    ["cup", "uneven"],
    ["tilted", null],
    ["tilted", "cup"],
    ["fixed", "shelf"],
  ])("keeps %s where it is in the world under %s", (id, parent) => {
    const { before, after } = placed(id, parent);
    after.forEach((n, at) => expect(n).toBeCloseTo(before[at] ?? NaN, 5));
  });

  it("says nothing where nothing changes", () => {
    expect(fieldsKeepingPlace(entities, "cup", null)).toEqual({});
  });

  it("keeps a matrix a matrix, and needs one for shear", () => {
    expect(Object.keys(fieldsKeepingPlace(entities, "fixed", "shelf"))).toEqual(["matrix"]);
    expect(fieldsKeepingPlace(entities, "cup", "uneven")).toMatchObject({ rotation: null });
  });

  it("leaves the place as it is under a parent that flattens space", () => {
    expect(fieldsKeepingPlace(entities, "cup", "flat")).toEqual({});
  });
});
