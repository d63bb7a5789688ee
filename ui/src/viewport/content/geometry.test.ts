import { LineSegments, Mesh, Points, type BufferGeometry } from "three";
import { describe, expect, it } from "vitest";

import type { FieldValue, RecordData } from "../../ipc/types";
import { SceneForTests } from "./testing";

type Collection = Record<string, RecordData>;

/** A mesh whose positions, and what else is named, come from objects. */
async function shown(
  primitive: FieldValue,
  accessors: Collection,
  objects: Record<string, ArrayBuffer>,
  views: Collection = {},
) {
  const scene = new SceneForTests(
    {
      views: {
        ...Object.fromEntries(
          Object.entries(objects).map(([cid, { byteLength }]) => [cid, { object: cid, length: byteLength }]),
        ),
        ...views,
      },
      accessors,
      meshes: { mesh: { name: "Mesh", primitives: [primitive] } },
      entities: { one: { name: "One", mesh: "mesh" } },
    },
    objects,
  );
  await scene.loaded();
  const object = scene.content.root.children[0] as Mesh | LineSegments | Points | undefined;
  return { scene, object, geometry: object?.geometry as BufferGeometry };
}

const POSITION = { attributes: { POSITION: "positions" } };
const vec3 = (component_type: number, count: number, more: RecordData = {}): Collection => ({
  positions: { view: "bytes", component_type, count, element: "VEC3", ...more },
});
const positionsOf = (geometry: BufferGeometry) => {
  const attribute = geometry.getAttribute("position");
  return Array.from({ length: attribute.count }, (_, at) => [
    attribute.getX(at),
    attribute.getY(at),
    attribute.getZ(at),
  ]);
};
/** So many points in a row. */
const row = (count: number) =>
  new Float32Array(Array.from({ length: count * 3 }, (_, at) => Math.floor(at / 3)));

describe("accessors", () => {
  it.each([
    [5120, new Int8Array([127, -127, 0]), [1, -1, 0]],
    [5121, new Uint8Array([255, 0, 51]), [1, 0, 0.2]],
    [5122, new Int16Array([32767, -32767, 0]), [1, -1, 0]],
    [5123, new Uint16Array([65535, 0, 13107]), [1, 0, 0.2]],
  ])("reads normalized components of type %d", async (type, { buffer }, expected) => {
    const { geometry } = await shown(POSITION, vec3(type, 1, { normalized: true }), { bytes: buffer });
    positionsOf(geometry)[0]?.forEach((value, at) => expect(value).toBeCloseTo(expected[at]!, 6));
  });

  it("counts integers that are not normalized as they are", async () => {
    const { geometry } = await shown(POSITION, vec3(5121, 1), { bytes: new Uint8Array([255, 0, 51]).buffer });
    expect(positionsOf(geometry)).toEqual([[255, 0, 51]]);
  });

  it("steps over what stands between elements, from an offset", async () => {
    const bytes = new Float32Array([9, 1, 2, 3, 9, 4, 5, 6]).buffer;
    const { geometry } = await shown(
      POSITION,
      vec3(5126, 2, { offset: 4 }),
      { bytes },
      {
        bytes: { object: "bytes", length: 32, stride: 16 },
      },
    );
    expect(positionsOf(geometry)).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  it("reads what was packed as it was unpacked", async () => {
    const objects = { unpacked: new Float32Array([1, 2, 3]).buffer };
    const view = { bytes: { packed: "packed", decoded: "unpacked", length: 12 } };
    const ofView = await shown(POSITION, vec3(5126, 1), objects, view);
    expect(positionsOf(ofView.geometry)).toEqual([[1, 2, 3]]);
    const accessor = { positions: { decoded: "unpacked", component_type: 5126, count: 1, element: "VEC3" } };
    const ofAccessor = await shown(POSITION, accessor, objects);
    expect(positionsOf(ofAccessor.geometry)).toEqual([[1, 2, 3]]);
    const short = await shown(POSITION, { positions: { ...accessor.positions, count: 2 } }, objects);
    expect(short.scene.content.state.problems.length).toBeGreaterThan(0);
  });

  it("reads elements that no typed array could begin at", async () => {
    const bytes = new ArrayBuffer(14);
    [1, 2, 3].forEach((value, at) => new DataView(bytes).setFloat32(2 + at * 4, value, true));
    const { geometry } = await shown(POSITION, vec3(5126, 1, { offset: 2 }), { bytes });
    expect(positionsOf(geometry)).toEqual([[1, 2, 3]]);
  });

  it("puts sparse elements over others, and over nothing", async () => {
    const sparse = {
      count: 1,
      indices: { bufferView: "which", componentType: 5123 },
      values: { bufferView: "values" },
    };
    const objects = {
      bytes: row(3).buffer,
      which: new Uint16Array([1]).buffer,
      values: new Float32Array([7, 8, 9]).buffer,
    };
    const over = await shown(POSITION, vec3(5126, 3, { sparse }), objects);
    expect(positionsOf(over.geometry)).toEqual([
      [0, 0, 0],
      [7, 8, 9],
      [2, 2, 2],
    ]);
    const alone = await shown(
      POSITION,
      { positions: { component_type: 5126, count: 2, element: "VEC3", sparse } },
      objects,
    );
    expect(positionsOf(alone.geometry)[1]).toEqual([7, 8, 9]);
    // The object itself is as it was: others read it.
    expect(new Float32Array(objects.bytes)[3]).toBe(1);
  });

  it.each([
    [{ count: 4 }, "accessors/positions reads beyond the 36 bytes of its view"],
    [{ offset: 8 }, "accessors/positions reads beyond the 36 bytes of its view"],
    [{ view: "gone" }, "accessors/positions names a view that is not there"],
    [{ component_type: 5124 }, "accessors/positions says no type and number of elements that glTF knows"],
    [{ count: 1e12 }, "accessors/positions claims 1000000000000 elements, more than can be shown"],
    [{ element: "VEC2" }, "meshes/mesh has positions that are not of three numbers"],
  ] as [RecordData, string][])("shows a box where %j cannot be read, and says why", async (odd, message) => {
    const { scene, object } = await shown(
      POSITION,
      vec3(5126, 3, { ...odd, min: [0, 0, 0], max: [1, 2, 3] }),
      {
        bytes: row(3).buffer,
      },
    );
    expect(object?.type).toBe("LineSegments");
    expect(object?.geometry.boundingBox?.max.toArray()).toEqual([1, 2, 3]);
    expect(scene.messages).toEqual([message]);
  });
});

describe("primitives", () => {
  const drawn = async (mode: number, count: number, indices?: Uint16Array) => {
    const accessors = {
      ...vec3(5126, count),
      ...(indices && {
        order: { view: "order", component_type: 5123, count: indices.length, element: "SCALAR" },
      }),
    };
    const found = await shown(
      { ...POSITION, mode, ...(indices && { indices: "order" }) },
      accessors as Collection,
      { bytes: row(count).buffer, ...(indices && { order: indices.buffer as ArrayBuffer }) },
    );
    return { ...found, index: found.geometry.index && Array.from(found.geometry.index.array) };
  };

  it.each([
    [0, 3, "Points", null],
    [1, 4, "LineSegments", null],
    [2, 3, "LineSegments", [0, 1, 1, 2, 2, 0]],
    [3, 3, "LineSegments", [0, 1, 1, 2]],
    [4, 6, "Mesh", null],
    [5, 5, "Mesh", [0, 1, 2, 1, 3, 2, 2, 3, 4]],
    [6, 5, "Mesh", [1, 2, 0, 2, 3, 0, 3, 4, 0]],
    // What is left over draws nothing.
    [4, 5, "Mesh", [0, 1, 2]],
    [5, 2, "Mesh", []],
    [2, 1, "LineSegments", []],
  ])("draws mode %d with %d vertices as %s", async (mode, count, type, expected) => {
    const { object, index } = await drawn(mode, count);
    expect(object?.type).toBe(type);
    expect(index).toEqual(expected);
  });

  it("writes out strips that indices make", async () => {
    const { index } = await drawn(5, 4, new Uint16Array([3, 2, 1, 0]));
    expect(index).toEqual([3, 2, 1, 2, 0, 1]);
  });

  it("leaves out triangles that name vertices that are not there", async () => {
    const { index, scene } = await drawn(4, 3, new Uint16Array([0, 1, 2, 0, 1, 9]));
    expect(index).toEqual([0, 1, 2]);
    expect(scene.messages).toEqual([
      "meshes/mesh names vertices that are not there in 1 of its parts, which are left out",
    ]);
  });

  it("stands positions that are no numbers at 0", async () => {
    const bytes = new Float32Array([0, 0, 0, NaN, Infinity, 1, 0, 1, 0]).buffer;
    const { geometry, scene } = await shown(POSITION, vec3(5126, 3), { bytes });
    expect(positionsOf(geometry)[1]).toEqual([0, 0, 1]);
    expect(scene.messages).toEqual(["meshes/mesh has positions that are no numbers; they stand at 0"]);
    expect(scene.content.bounds().max.toArray()).toEqual([0, 1, 1]);
  });

  it("leaves out attributes that do not fit", async () => {
    const { geometry, scene } = await shown(
      { attributes: { POSITION: "positions", NORMAL: "short", TEXCOORD_0: "wide", _OTHER: "short" } },
      {
        ...vec3(5126, 3),
        short: { view: "bytes", component_type: 5126, count: 2, element: "VEC3" },
        wide: { view: "bytes", component_type: 5126, count: 3, element: "VEC3" },
      },
      { bytes: row(3).buffer },
    );
    expect(Object.keys(geometry.attributes)).toEqual(["position"]);
    expect(scene.messages).toEqual([
      "meshes/mesh has NORMAL that does not fit its positions; it is left out",
      "meshes/mesh has TEXCOORD_0 that does not fit its positions; it is left out",
    ]);
  });

  it("moves vertices by morph targets, of which some say nothing of an attribute", async () => {
    const { scene, object } = await shown(
      { ...POSITION, targets: [{ POSITION: "positions" }, { NORMAL: "positions" }] },
      vec3(5126, 3),
      { bytes: row(3).buffer },
    );
    scene.put("entities", "one", { name: "One", mesh: "mesh", weights: [0.5, 1] });
    const mesh = scene.content.root.children[0] as Mesh;
    expect(mesh.morphTargetInfluences).toEqual([0.5, 1]);
    expect(scene.content.bounds().max.x).toBeCloseTo(3, 5);
    expect(object?.geometry.morphTargetsRelative).toBe(true);
  });
});
