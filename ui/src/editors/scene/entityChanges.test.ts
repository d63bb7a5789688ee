import { describe, expect, it } from "vitest";

import { written } from "../../ipc/testing/records";
import type { Records } from "../../ipc/types";
import { addEntity, copyName, deleteEntities, duplicateEntities, moveEntities } from "./entityChanges";
import type { EntityGesture } from "./entityChanges";
import { entityTree } from "./entityTree";

const ENTITIES: Records = {
  board: { name: "Board", order: 0 },
  sun: { name: "Sun", order: 1 },
  mole: { name: "Mole", parent: "board", order: 0 },
  hole: { name: "Hole", parent: "board", order: 0 },
  head: { name: "Head", parent: "mole", order: 0, index: 7 },
};
const all = (entities: Records) => new Map(Object.entries(entities));
const tree = entityTree(all(ENTITIES));

/** The tree as nested text after a gesture: `board(hole mole(head)) sun`. */
function shape(gesture: EntityGesture | undefined, entities = ENTITIES): string {
  const after = written({ entities }, gesture?.changes ?? []).entities ?? {};
  const { roots, childrenOf } = entityTree(all(after));
  const write = (ids: readonly string[]): string =>
    ids.map((id) => (childrenOf(id).length > 0 ? `${id}(${write(childrenOf(id))})` : id)).join(" ");
  return write(roots);
}

describe("the hierarchy", () => {
  it("orders siblings by their order, then by id", () => {
    expect(shape(undefined)).toBe("board(hole mole(head)) sun");
  });

  it.each([
    ["sun", "board", "inside", "board(hole mole(head) sun)"],
    ["sun", "hole", "before", "board(sun hole mole(head))"],
    ["sun", "hole", "after", "board(hole sun mole(head))"],
    ["head", "sun", "before", "board(hole mole) head sun"],
    ["head", "sun", "after", "board(hole mole) sun head"],
    ["head", null, "inside", "board(hole mole) sun head"],
    ["sun", "board", "before", "sun board(hole mole(head))"],
  ] as const)("moves %s to %s %s", (moved, target, place, expected) => {
    expect(shape(moveEntities(all(ENTITIES), tree, [moved], target, place))).toBe(expected);
  });

  it("moves several in their order and leaves those below them be", () => {
    expect(shape(moveEntities(all(ENTITIES), tree, ["mole", "head", "hole"], "sun", "inside"))).toBe(
      "board sun(mole(head) hole)",
    );
  });

  it("refuses to move an entity below itself, and writes nothing where nothing changes", () => {
    expect(moveEntities(all(ENTITIES), tree, ["board"], "head", "inside")).toBeUndefined();
    expect(moveEntities(all(ENTITIES), tree, ["board"], "board", "inside")).toBeUndefined();
  });

  it("deletes what hangs below in the same gesture", () => {
    const gesture = deleteEntities(tree, ["board"]);
    expect(gesture.eventType).toBe("entity.delete");
    expect(shape(gesture)).toBe("sun");
  });

  it("duplicates with everything below, beside the original", () => {
    let next = 0;
    const gesture = duplicateEntities(all(ENTITIES), tree, ["mole", "head"], () => `copy${next++}`);
    expect(shape(gesture)).toBe("board(hole mole(head) copy0(copy1)) sun");
    const copy = gesture.changes.find((change) => change.id === "copy1");
    expect(copy).toMatchObject({ put: { name: "Head", parent: "copy0" } });
    expect(copy && "put" in copy && copy.put.index).toBeUndefined();
    expect(gesture.select).toEqual(["copy0"]);
  });

  it.each([
    ["mole", "inside", "board(hole mole(head x)) sun"],
    ["board", "after", "board(hole mole(head)) x sun"],
    ["head", "after", "board(hole mole(head x)) sun"],
    [null, "after", "board(hole mole(head)) sun x"],
    [null, "inside", "board(hole mole(head)) sun x"],
  ] as const)("adds to %s %s", (target, place, expected) => {
    expect(shape(addEntity(all(ENTITIES), tree, target, place, "x", { name: "X" }))).toBe(expected);
  });

  it("adds three in a row beside each other", () => {
    let entities: Records = {};
    let beside: string | null = null;
    for (const id of ["a", "b", "c"]) {
      const gesture = addEntity(all(entities), entityTree(all(entities)), beside, "after", id, { name: id });
      entities = written({ entities }, gesture.changes).entities ?? {};
      [beside = null] = gesture.select;
    }
    expect(shape(undefined, entities)).toBe("a b c");
  });

  it.each([
    ["Mole", "Mole 2"],
    ["Mole 2", "Mole 3"],
    ["", " 2"],
  ])("copies %j as %j", (name, expected) => {
    expect(copyName(name)).toBe(expected);
  });
});
