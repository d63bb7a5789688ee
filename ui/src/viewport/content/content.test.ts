import {
  InstancedMesh,
  Mesh,
  Raycaster,
  SkinnedMesh,
  Vector3,
  type MeshStandardMaterial,
  type Object3D,
} from "three";
import { expect, it } from "vitest";

import { SceneForTests, TRIANGLE } from "./testing";

const meshes = (root: Object3D) => root.children.filter((child): child is Mesh => child instanceof Mesh);
const down = (x: number, y: number) => new Raycaster(new Vector3(x, y, 10), new Vector3(0, 0, -1));

it("draws one mesh alone and many at once", async () => {
  const scene = new SceneForTests({ ...TRIANGLE, entities: { one: { name: "One", mesh: "mesh" } } });
  const { root } = await scene.loaded();
  expect(meshes(root)).toHaveLength(1);
  expect(meshes(root)[0]).not.toBeInstanceOf(InstancedMesh);
  for (let at = 0; at < 40; at += 1) {
    scene.put("entities", `e${at}`, { name: "E", mesh: "mesh", translation: [at, 0, 0] });
  }
  expect(meshes(root)).toHaveLength(1);
  expect((meshes(root)[0] as InstancedMesh).count).toBe(41);
  scene.put("entities", "one", { name: "One", mesh: "mesh", scale: [-1, 1, 1] });
  expect(meshes(root)).toHaveLength(2);
  for (let at = 0; at < 40; at += 1) scene.remove("entities", `e${at}`);
  scene.remove("entities", "one");
  expect(meshes(root)).toHaveLength(0);
  expect(scene.bytes.bytes.size).toBe(0);
});

it("picks what is seen, where it is shown, nearest first", async () => {
  const scene = new SceneForTests({
    ...TRIANGLE,
    entities: {
      near: { name: "Near", mesh: "mesh", translation: [0, 0, 2] },
      far: { name: "Far", mesh: "mesh" },
      mirrored: { name: "Mirrored", mesh: "mesh", translation: [5, 0, 0], scale: [-1, 1, 1] },
    },
  });
  const content = await scene.loaded();
  const picked = (x: number, y: number) => content.pick(down(x, y)).map(({ entity }) => entity);
  expect(picked(0.2, 0.2)).toEqual(["near", "far"]);
  expect(content.pick(down(0.2, 0.2))[0]).toMatchObject({ distance: 8, normal: new Vector3(0, 0, 1) });
  expect(picked(4.8, 0.2)).toEqual(["mirrored"]);
  content.hide((id) => id === "near");
  expect(picked(0.2, 0.2)).toEqual(["far"]);
  content.hide(() => false);
  scene.put("entities", "near", { name: "Near", mesh: "mesh", translation: [0, 0, 2], visible: false });
  expect(picked(0.2, 0.2)).toEqual(["far"]);
  expect(content.bounds().max).toEqual(new Vector3(5, 1, 0));
  expect(content.bounds(["near"]).min).toEqual(new Vector3(0, 0, 2));
});

it("changes a material in place, for all that wear it", async () => {
  const scene = new SceneForTests({
    ...TRIANGLE,
    meshes: {
      mesh: { name: "M", primitives: [{ attributes: { POSITION: "positions" }, material: "paint" }] },
    },
    materials: { paint: { name: "Paint", base_color: [1, 0, 0, 1] } },
    entities: { a: { name: "A", mesh: "mesh" }, b: { name: "B", mesh: "mesh" } },
  });
  const { root } = await scene.loaded();
  const [mesh] = meshes(root);
  const material = mesh?.material as MeshStandardMaterial;
  expect(material.color.r).toBe(1);
  scene.put("materials", "paint", { name: "Paint", base_color: [0, 1, 0, 1], metallic: 0.25 });
  expect(meshes(root)).toEqual([mesh]);
  expect(mesh?.material).toBe(material);
  expect([material.color.g, material.metalness]).toEqual([1, 0.25]);
  // Blended ones are drawn one by one, from back to front.
  scene.put("materials", "paint", { name: "Paint", alpha_mode: "BLEND" });
  expect(meshes(root)).toHaveLength(2);
  expect(meshes(root).every((it) => !(it instanceof InstancedMesh))).toBe(true);
});

it("shows a box where bytes have not arrived, and the mesh when they have", async () => {
  const scene = new SceneForTests({
    ...TRIANGLE,
    views: { view: { object: "late", length: 36 } },
    entities: { one: { name: "One", mesh: "mesh" } },
  });
  const content = await scene.loaded();
  expect(content.root.children[0]?.type).toBe("LineSegments");
  expect(scene.messages).toEqual(["views/view has not arrived yet"]);
  scene.objects.set("late", scene.objects.get("triangle")!);
  scene.bytes.retry();
  await scene.loaded();
  expect(scene.messages).toEqual([]);
  expect(meshes(content.root)).toHaveLength(1);
});

it("bends a skinned mesh by its joints, wherever its own entity is", async () => {
  const scene = new SceneForTests(
    {
      views: {
        ...TRIANGLE.views,
        joints: { object: "joints", length: 12 },
        weights: { object: "weights", length: 48 },
      },
      accessors: {
        ...TRIANGLE.accessors,
        joints: { view: "joints", component_type: 5121, count: 3, element: "VEC4" },
        weights: { view: "weights", component_type: 5126, count: 3, element: "VEC4" },
      },
      meshes: {
        mesh: {
          name: "Skinned",
          primitives: [{ attributes: { POSITION: "positions", JOINTS_0: "joints", WEIGHTS_0: "weights" } }],
        },
      },
      skins: { skin: { name: "Skin", joints: ["bone", "gone"] } },
      entities: {
        bone: { name: "Bone", translation: [10, 0, 0] },
        one: { name: "One", mesh: "mesh", skin: "skin", translation: [0, 50, 0] },
      },
    },
    {
      joints: new Uint8Array(12).buffer,
      weights: new Float32Array([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]).buffer,
    },
  );
  const content = await scene.loaded();
  expect(content.root.children[0]).toBeInstanceOf(SkinnedMesh);
  expect(content.bounds().min).toEqual(new Vector3(10, 0, 0));
  expect(content.pick(down(10.2, 0.2)).map(({ entity }) => entity)).toEqual(["one"]);
  expect(scene.messages).toEqual(["entities/one has a skin that misses 1 of its 2 joints"]);
  scene.put("entities", "bone", { name: "Bone", translation: [20, 0, 0] });
  expect(content.bounds().min).toEqual(new Vector3(20, 0, 0));
});
