import { Matrix4, Vector3 } from "three";
import { describe, expect, it } from "vitest";

import { written } from "../../ipc/testing/records";
import type { Records } from "../../ipc/types";
import type { EntityGesture } from "./entityChanges";
import { groupEntities, makeEntity, shapeEntity, ungroupEntities } from "./making";
import { world } from "./transform";

const half = Math.SQRT1_2;
const ENTITIES: Records = {
  table: { name: "Table", order: 3, translation: [1, 2, 3], rotation: [0, half, 0, half], scale: [2, 2, 2] },
  cup: { name: "Cup", parent: "table", order: 0, translation: [1, 0, 0] },
  plate: { name: "Plate", parent: "table", order: 1, translation: [0, 0, 3], mesh: "round" },
  lamp: { name: "Camera", order: 4, translation: [9, 9, 9] },
};
const all = (entities: Records) => new Map(Object.entries(entities));
const after = (gesture: EntityGesture) => written({ entities: ENTITIES }, gesture.changes).entities ?? {};
const ids = () => {
  let next = 0;
  return () => `new${(next += 1)}`;
};

function expectInPlace(entities: Records, id: string) {
  const now = world(all(entities), id);
  world(all(ENTITIES), id).forEach((part, at) => expect(part).toBeCloseTo(now[at] ?? NaN, 5));
}

describe("groups", () => {
  it.each([
    [["cup", "plate"], "table"],
    [["cup", "lamp"], "table"],
    [["lamp", "plate"], undefined],
    [["table", "cup"], undefined],
  ])("of %j stand in the middle of them, which stay where they are", (grouped, parent) => {
    const middle = [4, 5, 6];
    const entities = after(groupEntities(all(ENTITIES), grouped, middle, "group")!);
    expect(entities.group?.parent).toBe(parent);
    const origin = new Vector3().setFromMatrixPosition(
      new Matrix4().fromArray([...world(all(entities), "group")]),
    );
    middle.forEach((part, at) => expect(origin.getComponent(at)).toBeCloseTo(part, 5));
    for (const id of Object.keys(ENTITIES)) expectInPlace(entities, id);
  });

  it("are taken apart to what they were", () => {
    const grouped = after(groupEntities(all(ENTITIES), ["cup", "plate"], [0, 1, 0], "group")!);
    const gesture = ungroupEntities(all(grouped), ["group"])!;
    const entities = written({ entities: grouped }, gesture.changes).entities ?? {};
    expect(entities.group).toBeUndefined();
    expect(gesture.select).toEqual(["cup", "plate"]);
    for (const id of Object.keys(ENTITIES)) expectInPlace(entities, id);
    expect(entities.cup?.parent).toBe("table");
  });

  it("are only what draws nothing and holds something", () => {
    expect(ungroupEntities(all(ENTITIES), ["plate", "lamp"])).toBeUndefined();
    expect(groupEntities(all(ENTITIES), [], [0, 0, 0], "group")).toBeUndefined();
  });
});

it.each([
  ["empty", []],
  ["camera", ["cameras"]],
  ["point", ["lights"]],
  ["spot", ["lights"]],
  ["directional", ["lights"]],
] as const)("makes a %s as one gesture, last in the hierarchy", (made, parts) => {
  const place = { translation: [1, 2, 3.00000004], rotation: [0, 0, 0, 1] };
  const { changes, select } = makeEntity(all(ENTITIES), made, place, ids());
  expect(changes.map(({ collection }) => collection)).toEqual([...parts, "entities"]);
  const entity = changes.at(-1);
  expect(entity).toMatchObject({ id: select[0], put: { order: 5, translation: [1, 2, 3] } });
});

it("gives what it makes a name that nothing has", () => {
  const place = { translation: [0, 0, 0] };
  const name = (change: unknown) => (change as { put: { name: string } }).put.name;
  expect(name(makeEntity(all(ENTITIES), "camera", place, ids()).changes.at(-1))).toBe("Camera 2");
  expect(shapeEntity(all(ENTITIES), "cube", [0, -0, 1e-9], "id")).toEqual({
    id: "id",
    name: "Cube",
    order: 5,
    translation: [0, 0, 0],
  });
});
