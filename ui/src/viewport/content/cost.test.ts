/** What one change costs among ten thousand entities: counted, not timed. */
import { InstancedMesh, type Object3D } from "three";
import { beforeEach, expect, it, vi } from "vitest";

import type { RecordData } from "../../ipc/types";
import { World } from "../world/world";
import { Drawn } from "./drawn";
import { SceneForTests, TRIANGLE } from "./testing";

const COUNT = 10_000;
const entity = (at: number): RecordData => ({
  name: `E${at}`,
  mesh: "mesh",
  translation: [at % 100, Math.floor(at / 100), 0],
  ...(at % 10 === 0 ? {} : { parent: `e${at - (at % 10)}` }),
});

let scene: SceneForTests;

beforeEach(async () => {
  scene = new SceneForTests({
    ...TRIANGLE,
    meshes: {
      mesh: { name: "M", primitives: [{ attributes: { POSITION: "positions" }, material: "paint" }] },
    },
    materials: { paint: { name: "Paint" } },
    entities: Object.fromEntries(Array.from({ length: COUNT }, (_, at) => [`e${at}`, entity(at)])),
  });
  await scene.loaded();
});

const drawnObjects = (root: Object3D) => root.children.length;

it("draws ten thousand entities of one mesh at once", () => {
  const { root } = scene.content;
  expect(drawnObjects(root)).toBe(1);
  expect((root.children[0] as InstancedMesh).count).toBe(COUNT);
});

it("writes the matrices of what moves, and draws nothing anew", () => {
  const draw = vi.spyOn(Drawn.prototype, "draw");
  const place = vi.spyOn(Drawn.prototype, "place");
  scene.put("entities", "e55", { ...entity(55), translation: [0, 0, 9] });
  expect([draw.mock.calls.length, place.mock.calls.length]).toEqual([0, 1]);
  const { updateRanges } = (scene.content.root.children[0] as InstancedMesh).instanceMatrix;
  expect(updateRanges.at(-1)).toEqual({ start: 55 * 16, count: 16 });
  place.mockClear();
  // One with nine below it.
  scene.put("entities", "e50", { ...entity(50), translation: [0, 0, 9] });
  expect(place).toHaveBeenCalledTimes(10);
});

it("takes a thousand changes that come together as one", () => {
  const update = vi.spyOn(World.prototype, "update");
  const upserted = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, at) => [`e${at}`, { ...entity(at), translation: [1, 2, 3] }]),
  );
  const before = scene.changes;
  scene.records.confirm({ upserted: { entities: upserted }, removed: {}, derived: {} });
  scene.content.sync();
  expect([update.mock.calls.length, scene.changes - before]).toEqual([1, 1]);
});

it("draws nothing anew for a material's colour, a name, or another collection", () => {
  const draw = vi.spyOn(Drawn.prototype, "draw");
  scene.put("materials", "paint", { name: "Paint", base_color: [1, 0, 0, 1] });
  scene.put("entities", "e7", { ...entity(7), name: "Another" });
  scene.put("animations", "walk", { name: "Walk" });
  expect(draw).not.toHaveBeenCalled();
});

it("does not do anything where nothing changed", () => {
  const before = [scene.content.revision, scene.changes];
  scene.content.sync();
  expect([scene.content.revision, scene.changes]).toEqual(before);
});

it("lets everything go, however often it is opened and closed", () => {
  scene.content.dispose();
  expect([scene.bytes.bytes.size, scene.bytes.pictures.size]).toEqual([0, 0]);
  expect(drawnObjects(scene.content.root)).toBe(0);
});
