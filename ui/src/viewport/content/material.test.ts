import {
  ClampToEdgeWrapping,
  DoubleSide,
  Mesh,
  MeshBasicMaterial,
  MeshPhysicalMaterial,
  MeshStandardMaterial,
  NearestFilter,
  RepeatWrapping,
  SRGBColorSpace,
  type Material,
} from "three";
import { expect, it } from "vitest";

import type { RecordData } from "../../ipc/types";
import { SceneForTests, TRIANGLE } from "./testing";

async function worn(material: RecordData, more: Record<string, Record<string, RecordData>> = {}) {
  const scene = new SceneForTests(
    {
      ...TRIANGLE,
      meshes: {
        mesh: { name: "M", primitives: [{ attributes: { POSITION: "positions" }, material: "paint" }] },
      },
      materials: { paint: material },
      entities: { one: { name: "One", mesh: "mesh" } },
      textures: { texture: { name: "T", image: "image", sampler: "sampler" } },
      samplers: { sampler: { name: "S", wrap_s: 33071, mag_filter: 9728 } },
      images: { image: { name: "I", object: "picture" } },
      ...more,
    },
    { picture: new ArrayBuffer(0) },
  );
  await scene.loaded();
  return { scene, material: (scene.content.root.children[0] as Mesh).material as Material };
}

it("wears glTF's defaults where a material says nothing", async () => {
  const { material } = await worn({ name: "Plain" });
  expect(material).toBeInstanceOf(MeshStandardMaterial);
  // Without normals in its geometry it is flat.
  expect(material).toMatchObject({
    metalness: 1,
    roughness: 1,
    opacity: 1,
    transparent: false,
    flatShading: true,
  });
});

it("takes what the core material says", async () => {
  const { material } = await worn({
    name: "Full",
    base_color: [0.1, 0.2, 0.3, 0.4],
    metallic: 0.5,
    roughness: 0.25,
    emissive: [1, 0.5, 0],
    alpha_mode: "MASK",
    alpha_cutoff: 0.7,
    double_sided: true,
    occlusion_texture: { texture: "texture", strength: 0.5 },
    normal_texture: { texture: "texture", scale: 2 },
    source: { extensions: { KHR_materials_emissive_strength: { emissiveStrength: 4 } } },
  });
  expect(material).toMatchObject({
    metalness: 0.5,
    roughness: 0.25,
    alphaTest: 0.7,
    side: DoubleSide,
    aoMapIntensity: 0.5,
    emissiveIntensity: 4,
  });
  const { color, emissive, normalScale } = material as MeshStandardMaterial;
  expect([...color.toArray(), ...emissive.toArray()].map((it) => Number(it.toFixed(6)))).toEqual([
    0.1, 0.2, 0.3, 1, 0.5, 0,
  ]);
  expect(normalScale.toArray()).toEqual([2, -2]);
});

it.each([
  [
    "clearcoat",
    { clearcoatFactor: 0.5, clearcoatRoughnessFactor: 0.25 },
    { clearcoat: 0.5, clearcoatRoughness: 0.25 },
  ],
  ["sheen", { sheenRoughnessFactor: 0.5 }, { sheen: 1, sheenRoughness: 0.5 }],
  ["transmission", { transmissionFactor: 1 }, { transmission: 1 }],
  ["volume", { thicknessFactor: 2, attenuationDistance: 3 }, { thickness: 2, attenuationDistance: 3 }],
  ["volume", {}, { thickness: 0, attenuationDistance: Infinity }],
  ["ior", { ior: 1.33 }, { ior: 1.33 }],
  ["specular", { specularFactor: 0.5 }, { specularIntensity: 0.5 }],
  ["iridescence", { iridescenceFactor: 1, iridescenceIor: 1.8 }, { iridescence: 1, iridescenceIOR: 1.8 }],
  [
    "iridescence",
    { iridescenceThicknessMaximum: 500 },
    { iridescenceThicknessMinimum: 100, iridescenceThicknessMaximum: 500 },
  ],
  [
    "anisotropy",
    { anisotropyStrength: 0.5, anisotropyRotation: 1 },
    { anisotropy: 0.5, anisotropyRotation: 1 },
  ],
  ["dispersion", { dispersion: 2 }, { dispersion: 2 }],
])("takes KHR_materials_%s with %j", async (name, said, expected) => {
  const { material } = await worn({ name: "X", source: { extensions: { [`KHR_materials_${name}`]: said } } });
  expect(material).toBeInstanceOf(MeshPhysicalMaterial);
  expect(material).toMatchObject(expected);
});

it("draws what is unlit without light", async () => {
  const { material } = await worn({ name: "X", source: { extensions: { KHR_materials_unlit: {} } } });
  expect(material).toBeInstanceOf(MeshBasicMaterial);
});

it("lays textures as they say, colours in sRGB and other values as they are", async () => {
  const transform = { offset: [0.5, 0.25], rotation: 1, scale: [2, 3], texCoord: 1 };
  const { material } = await worn({
    name: "X",
    base_color_texture: { texture: "texture", extensions: { KHR_texture_transform: transform } },
    metallic_roughness_texture: { texture: "texture" },
  });
  const { map, roughnessMap } = material as MeshStandardMaterial;
  expect(map).toMatchObject({
    colorSpace: SRGBColorSpace,
    channel: 1,
    rotation: 1,
    flipY: false,
    wrapS: ClampToEdgeWrapping,
    wrapT: RepeatWrapping,
    magFilter: NearestFilter,
  });
  expect([map?.offset.toArray(), map?.repeat.toArray()]).toEqual([
    [0.5, 0.25],
    [2, 3],
  ]);
  expect([roughnessMap?.colorSpace, roughnessMap?.channel]).toEqual(["", 0]);
  // One picture, taken by the graphics card once.
  expect(roughnessMap?.source).toBe(map?.source);
});

it.each([
  [{ images: { image: { name: "I" } } }, "images/image came without its bytes"],
  [{ images: { image: { name: "I", object: "late" } } }, "images/image has not arrived yet"],
  [{ textures: {} }, "textures/texture is not there"],
])("shows squares where the picture is missing: %j", async (more, message) => {
  const { scene, material } = await worn(
    { name: "X", base_color_texture: { texture: "texture" } },
    more as never,
  );
  expect((material as MeshStandardMaterial).map?.image).toMatchObject({ width: 8, height: 8 });
  expect(scene.messages).toEqual([message]);
});

it("dresses meshes as a variant of the file", async () => {
  const mappings = [{ material: "other", variants: [1] }];
  const { scene } = await worn(
    { name: "X" },
    {
      materials: { paint: { name: "Paint" }, other: { name: "Other" } },
      meshes: {
        mesh: {
          name: "M",
          primitives: [
            {
              attributes: { POSITION: "positions" },
              material: "paint",
              extensions: { KHR_materials_variants: { mappings } },
            },
          ],
        },
      },
      properties: {
        scene: {
          source: {
            extensions: { KHR_materials_variants: { variants: [{ name: "Day" }, { name: "Night" }] } },
          },
        },
      },
    },
  );
  const name = () => ((scene.content.root.children[0] as Mesh).material as Material).name;
  expect([scene.content.variants, name()]).toEqual([["Day", "Night"], "Paint"]);
  scene.content.variant = 1;
  expect(name()).toBe("Other");
  scene.content.variant = undefined;
  expect(name()).toBe("Paint");
});

it("lets pictures go when nothing shows them", async () => {
  const { scene } = await worn({ name: "X", base_color_texture: { texture: "texture" } });
  scene.put("materials", "paint", { name: "X" });
  expect([scene.bytes.pictures.size, scene.closed]).toEqual([0, 1]);
});
