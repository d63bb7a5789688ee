import { Matrix4, Object3D, Quaternion, Vector3 } from "three";
import { expect, it } from "vitest";

import { World } from "./world";

const at = (x: number, y = 0, z = 0) => new Matrix4().makeTranslation(x, y, z);
const place = (world: World, id: string, parent?: string, local = at(1), visible = true) =>
  world.set(id, { parent, local, visible });
const xOf = (world: World, id: string) => new Vector3().setFromMatrixPosition(world.matrix(id)!).x;

/** Numbers that look random and are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

function someLocal(next: () => number): Matrix4 {
  const turn = new Quaternion(next() - 0.5, next() - 0.5, next() - 0.5, next() + 0.1).normalize();
  const scale = new Vector3(0.5 + next(), 0.5 + next(), next() < 0.3 ? -1 : 1);
  return new Matrix4().compose(new Vector3(next() * 4 - 2, next(), next()), turn, scale);
}

it.each([1, 2, 3, 4, 5])("places entities as three does, whatever happens to them (%d)", (seed) => {
  const next = numbers(seed);
  const world = new World();
  const objects = new Map<string, Object3D>();
  const top = new Object3D();
  const ids = Array.from({ length: 60 }, (_, index) => `e${index}`);
  const pick = () => ids[Math.floor(next() * ids.length)]!;
  for (let step = 0; step < 400; step += 1) {
    const id = pick();
    const object = objects.get(id) ?? new Object3D();
    if (next() < 0.1) {
      objects.delete(id);
      world.remove(id);
      for (const child of [...object.children]) top.add(child);
      // What still names it comes back under it when it does: forget those here as well.
      for (const child of objects.values())
        if (child.userData.wanted === id) child.userData.wanted = undefined;
      for (const [other, child] of objects) {
        if (child.userData.wanted === undefined) {
          world.set(other, { parent: undefined, local: child.matrix.clone(), visible: true });
        }
      }
      object.removeFromParent();
    } else {
      const parent = objects.get(pick());
      let isAbove = parent === object;
      for (let above = parent?.parent; above; above = above.parent) isAbove ||= above === object;
      const under = parent && !isAbove ? parent : undefined;
      const local = someLocal(next);
      object.matrixAutoUpdate = false;
      object.matrix.copy(local);
      object.name = id;
      object.userData.wanted = under?.name;
      (under ?? top).add(object);
      objects.set(id, object);
      world.set(id, { parent: under?.name, local, visible: true });
    }
    if (next() < 0.5) world.update();
  }
  world.update();
  top.updateMatrixWorld(true);
  expect(world.size).toBe(objects.size);
  for (const [id, { matrixWorld }] of objects) {
    const mine = world.matrix(id)!.elements;
    const scale = Math.max(1, ...matrixWorld.elements.map(Math.abs));
    matrixWorld.elements.forEach((value, index) =>
      expect(Math.abs(value - mine[index]!) / scale).toBeLessThan(1e-5),
    );
  }
});

it("breaks a cycle at its smallest id, and mends it when the cycle goes", () => {
  const world = new World();
  place(world, "c", "b");
  place(world, "b", "a");
  place(world, "a", "c");
  place(world, "below", "b");
  world.update();
  expect(["a", "b", "c", "below"].map((id) => world.parent(id))).toEqual([undefined, "a", "b", "b"]);
  expect(xOf(world, "below")).toBe(3);
  place(world, "b", undefined);
  world.update();
  expect(["a", "b", "c"].map((id) => world.parent(id))).toEqual(["c", undefined, "b"]);
  place(world, "self", "self");
  world.update();
  expect(world.parent("self")).toBeUndefined();
});

it("hangs an entity under its parent when that comes, and frees it when that goes", () => {
  const world = new World();
  place(world, "child", "late");
  world.update();
  expect(world.parent("child")).toBeUndefined();
  place(world, "late", undefined, at(10));
  expect(world.update().sort()).toEqual(["child", "late"]);
  expect(xOf(world, "child")).toBe(11);
  world.remove("late");
  expect(world.update()).toEqual(["child"]);
  expect(xOf(world, "child")).toBe(1);
  place(world, "late", undefined, at(20));
  world.update();
  expect(xOf(world, "child")).toBe(21);
});

it("stands ten thousand deep", () => {
  const world = new World();
  for (let depth = 9_999; depth >= 0; depth -= 1) {
    place(world, `d${depth}`, depth === 0 ? undefined : `d${depth - 1}`);
  }
  expect(world.update()).toHaveLength(10_000);
  expect(xOf(world, "d9999")).toBe(10_000);
  place(world, "d0", undefined, at(2));
  world.update();
  expect(xOf(world, "d9999")).toBe(10_001);
  expect(world.below(["d0"])).toHaveLength(10_000);
});

it("touches only what hangs below a change", () => {
  const world = new World();
  for (let index = 0; index < 1_000; index += 1)
    place(world, `e${index}`, index % 2 ? `e${index - 1}` : undefined);
  world.update();
  place(world, "e10", undefined, at(5));
  expect(world.update()).toEqual(["e10", "e11"]);
  expect(world.update()).toEqual([]);
});

it("passes on that something is not seen", () => {
  const world = new World();
  place(world, "top", undefined, at(1), false);
  place(world, "child", "top");
  place(world, "other");
  world.update();
  expect(["top", "child", "other"].map((id) => world.isVisible(id))).toEqual([false, false, true]);
  place(world, "top");
  world.update();
  expect(world.isVisible("child")).toBe(true);
  world.hide((id) => id === "top");
  world.update();
  expect(["top", "child", "other"].map((id) => world.isVisible(id))).toEqual([false, false, true]);
});

it("shows entities elsewhere while they are dragged, and back where their records say", () => {
  const world = new World();
  place(world, "top");
  place(world, "child", "top");
  world.update();
  world.preview(new Map([["top", at(7)]]));
  expect(world.update()).toEqual(["top", "child"]);
  expect(xOf(world, "child")).toBe(8);
  // The record changes meanwhile: seen when the drag ends.
  place(world, "top", undefined, at(3));
  world.update();
  expect(xOf(world, "child")).toBe(8);
  world.preview(new Map());
  world.update();
  expect(xOf(world, "child")).toBe(4);
});
