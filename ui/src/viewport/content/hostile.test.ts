import { DirectionalLight, PointLight, SpotLight } from "three";
import { expect, it } from "vitest";

import type { RecordData } from "../../ipc/types";
import { decodePicture, pictureSize, withoutProfile } from "./picture";
import { SceneForTests, TRIANGLE } from "./testing";

const rubbish: unknown[] = [
  null,
  true,
  -1,
  1e300,
  "NaN",
  "",
  [],
  [[]],
  {},
  { $json: "{" },
  [NaN, 1, 2],
  "x".repeat(99),
];
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  entities: [
    "parent",
    "translation",
    "rotation",
    "scale",
    "matrix",
    "visible",
    "mesh",
    "skin",
    "weights",
    "light",
    "camera",
    "source",
  ],
  meshes: ["primitives", "weights", "source", "source_object"],
  materials: [
    "base_color",
    "base_color_texture",
    "normal_texture",
    "metallic",
    "alpha_mode",
    "source",
    "source_object",
  ],
  accessors: ["view", "offset", "component_type", "count", "element", "sparse", "min", "max", "decoded"],
  views: ["object", "length", "stride", "packed", "decoded"],
  skins: ["joints", "inverse_bind_matrices", "source_object"],
  lights: ["kind", "color", "intensity", "range", "outer_cone_angle", "inner_cone_angle"],
  textures: ["image", "sampler", "source"],
  images: ["object"],
  samplers: ["wrap_s", "mag_filter"],
};

it("shows the rest, whatever stands in a field", async () => {
  const whole: Record<string, Record<string, RecordData>> = {
    ...TRIANGLE,
    meshes: {
      mesh: { name: "M", primitives: [{ attributes: { POSITION: "positions" }, material: "paint" }] },
    },
    materials: { paint: { name: "P", base_color_texture: { texture: "texture" } } },
    textures: { texture: { name: "T", image: "image", sampler: "sampler" } },
    images: { image: { name: "I", object: "triangle" } },
    samplers: { sampler: { name: "S" } },
    skins: { skin: { name: "S", joints: ["odd"] } },
    lights: { light: { name: "L", kind: "spot" } },
  };
  const scene = new SceneForTests({
    ...whole,
    entities: {
      odd: { name: "Odd", mesh: "mesh", skin: "skin", light: "light" },
      good: { name: "Good", mesh: "mesh" },
    },
  });
  await scene.loaded();
  for (const [collection, fields] of Object.entries(FIELDS)) {
    const id = collection === "entities" ? "odd" : Object.keys(whole[collection] ?? {})[0]!;
    const good = scene.records.get(collection, id)!;
    for (const field of fields) {
      for (const value of rubbish) {
        scene.put(collection, id, { ...good, [field]: value } as RecordData);
        await Promise.resolve();
        scene.content.bounds();
        void scene.content.state.problems;
      }
    }
    scene.put(collection, id, good);
    scene.remove(collection, id);
    scene.put(collection, id, good);
  }
  await scene.loaded();
  expect(scene.messages).toEqual([]);
  expect(scene.content.bounds(["good"]).max.toArray()).toEqual([1, 1, 0]);
});

it("says what is odd about a place, and stands there as if it were not", async () => {
  const scene = new SceneForTests({
    ...TRIANGLE,
    entities: { one: { name: "One", mesh: "mesh", translation: ["NaN", 0, 0], rotation: [0, 0, 0, 0] } },
  });
  await scene.loaded();
  expect(scene.messages).toEqual([
    "entities/one has a place that is no numbers; it stands as if that were not there",
  ]);
  expect(scene.content.bounds().max.toArray()).toEqual([1, 1, 0]);
});

it("shines with so many lights and says that there are more", async () => {
  const entities = Object.fromEntries(
    Array.from({ length: 40 }, (_, at) => [`e${at}`, { name: "E", light: at === 0 ? "sun" : "lamp" }]),
  );
  const scene = new SceneForTests({
    lights: {
      lamp: {
        name: "Lamp",
        kind: "spot",
        outer_cone_angle: 1,
        inner_cone_angle: 0.5,
        range: 7,
        intensity: 3,
      },
      sun: { name: "Sun", kind: "directional" },
      bulb: { name: "Bulb", kind: "point" },
    },
    entities,
  });
  const content = await scene.loaded();
  expect(content.lights()).toHaveLength(32);
  expect(scene.messages[0]).toContain("32 shine at once, and there are 8 more");
  const [sun, spot] = content.lights().map(({ light }) => light);
  expect(sun).toBeInstanceOf(DirectionalLight);
  expect(spot).toBeInstanceOf(SpotLight);
  expect(spot).toMatchObject({ distance: 7, angle: 1, penumbra: 0.5, intensity: 3 });
  scene.put("entities", "e0", { name: "E", light: "bulb" });
  expect(content.lights()[0]?.light).toBeInstanceOf(PointLight);
});

it("looks at the size of a picture before it is decoded", async () => {
  const png = new Uint8Array(24);
  png.set([0x89, 0x50, 0x4e, 0x47]);
  new DataView(png.buffer).setUint32(16, 20_000);
  new DataView(png.buffer).setUint32(20, 20_000);
  await expect(decodePicture(png.buffer)).rejects.toThrow("has 20000 × 20000 pixels");
  const jpeg = new Uint8Array([
    0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc2, 0, 11, 8, 0, 5, 0, 9, 3, 0, 0,
  ]);
  expect(pictureSize(jpeg.buffer)).toEqual({ width: 9, height: 5 });
  expect(pictureSize(new ArrayBuffer(3))).toBeUndefined();
  await expect(decodePicture(new ArrayBuffer(8))).rejects.toThrow("is no picture");
});

it("ignores what a picture says of its colours", () => {
  const chunk = (name: string, length: number) => [
    0,
    0,
    0,
    length,
    ...new TextEncoder().encode(name),
    ...Array<number>(length + 4).fill(7),
  ];
  const head = [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, ...chunk("IHDR", 13)];
  const png = [
    ...head,
    ...chunk("gAMA", 4),
    ...chunk("tEXt", 2),
    ...chunk("iCCP", 9),
    ...chunk("IDAT", 5),
    ...chunk("gAMA", 1),
  ];
  const plain = [...head, ...chunk("tEXt", 2), ...chunk("IDAT", 5), ...chunk("gAMA", 1)];
  const stripped = (bytes: number[]) =>
    Array.from(new Uint8Array(withoutProfile(new Uint8Array(bytes).buffer)));
  expect(stripped(png)).toEqual(plain);
  expect(stripped(plain)).toEqual(plain);
  const [start, profile, rest] = [
    [0xff, 0xd8],
    [0xff, 0xe2, 0, 6, 1, 2, 3, 4],
    [0xff, 0xda, ...Array<number>(12).fill(9)],
  ];
  expect(stripped([...start, ...profile, ...rest])).toEqual([...start, ...rest]);
  // Cut off, or a chunk that says it is longer than the file.
  expect(stripped(png.slice(0, 45))).toEqual(png.slice(0, 45));
});
