/** Materials as three's: glTF 2.0, section 3.9, and the KHR_materials extensions that three draws. */
import {
  Color,
  DoubleSide,
  FrontSide,
  LineBasicMaterial,
  Material,
  MeshBasicMaterial,
  MeshPhysicalMaterial,
  MeshStandardMaterial,
  PointsMaterial,
  type BufferGeometry,
  type Texture,
} from "three";

import type { RecordData } from "../../ipc/types";
import type { Reading, Rule } from "./derivation";
import type { Shape } from "./geometry";
import { CHECKER, readTexture } from "./texture";
import { extensionOf, numberOf, numbersOf, objectOf, sourceOf, textOf, type Json } from "./values";
import { wholeRecord } from "./whole";

/** What of a geometry decides how its material is made. */
interface Surface {
  shape: Shape;
  hasColors: boolean;
  hasNormals: boolean;
  hasTangents: boolean;
}

/** Three's material for a material and the geometry it lies on. Key: {@link materialKey}. */
export const MATERIAL: Rule<Material> = {
  name: "material",
  level: 2,
  make(key, read, before) {
    const { id, ...surface } = JSON.parse(key) as Surface & { id?: string };
    const made = materialOf(id, surface, read);
    // The same object stays in all that wear it, so that a dragged slider costs one material.
    if (before?.type !== made.type || before.transparent !== made.transparent) return made;
    before.copy(made);
    before.needsUpdate = true;
    made.dispose();
    return before;
  },
  drop: (material) => material.dispose(),
};

export function materialKey(id: string | undefined, shape: Shape, geometry: BufferGeometry): string {
  const surface: Surface = {
    shape,
    hasColors: geometry.hasAttribute("color"),
    hasNormals: geometry.hasAttribute("normal"),
    hasTangents: geometry.hasAttribute("tangent"),
  };
  return JSON.stringify({ id, ...surface });
}

const PLACEHOLDER = new Color(0x7d8794);

function materialOf(id: string | undefined, surface: Surface, read: Reading): Material {
  if (surface.shape === "box") return new LineBasicMaterial({ color: PLACEHOLDER });
  const record = id === undefined ? {} : (wholeRecord(read, "materials", id) ?? {});
  if (id !== undefined && read.record("materials", id) === undefined) {
    read.problem("materials", id, "is not there; the default one is shown");
  }
  const source = sourceOf(record);
  const isUnlit = extensionOf(source, "KHR_materials_unlit") !== undefined;
  const material = bare(surface, isUnlit, source);
  material.name = textOf(record.name) ?? "";
  const base = numbersOf(record.base_color, 4) ?? [1, 1, 1, 1];
  const colored = material as MeshBasicMaterial;
  colored.color.setRGB(base[0] ?? 1, base[1] ?? 1, base[2] ?? 1);
  material.opacity = base[3] ?? 1;
  if (surface.shape !== "lines") colored.map = baseOf(read, record.base_color_texture);
  material.vertexColors = surface.hasColors;
  setAlpha(material, record);
  if (material instanceof MeshStandardMaterial) {
    setLit(material, record, surface, read);
    const strength = extensionOf(source, "KHR_materials_emissive_strength");
    material.emissiveIntensity = numberOf(strength?.emissiveStrength) ?? 1;
  }
  if (material instanceof MeshPhysicalMaterial) setPhysical(material, source, surface, read);
  return material;
}

/** The plainest of three's materials that can show it. */
function bare({ shape, hasNormals }: Surface, isUnlit: boolean, source: Json): Material {
  // Points are one pixel in glTF, which nobody finds.
  if (shape === "points") return new PointsMaterial({ sizeAttenuation: false, size: 2 });
  if (shape === "lines") return new LineBasicMaterial();
  if (isUnlit) return new MeshBasicMaterial();
  const isPhysical = PHYSICAL.some((name) => extensionOf(source, name) !== undefined);
  const material = isPhysical ? new MeshPhysicalMaterial() : new MeshStandardMaterial();
  // Without normals each triangle is flat: glTF 2.0, section 3.7.2.1.
  material.flatShading = !hasNormals;
  return material;
}

function setAlpha(material: Material, { alpha_mode, alpha_cutoff, double_sided }: RecordData): void {
  material.side = double_sided === true ? DoubleSide : FrontSide;
  if (alpha_mode === "BLEND") {
    material.transparent = true;
    material.depthWrite = false;
  } else if (alpha_mode === "MASK") {
    material.alphaTest = numberOf(alpha_cutoff) ?? 0.5;
  } else {
    material.opacity = 1;
  }
}

function setLit(material: MeshStandardMaterial, record: RecordData, surface: Surface, read: Reading): void {
  material.metalness = numberOf(record.metallic) ?? 1;
  material.roughness = numberOf(record.roughness) ?? 1;
  const packed = textureOf(read, record.metallic_roughness_texture, false);
  material.metalnessMap = material.roughnessMap = packed ?? null;
  const normal = textureOf(read, record.normal_texture, false);
  if (normal) {
    material.normalMap = normal;
    setNormalScale(material.normalScale, record.normal_texture, surface);
  }
  material.aoMap = textureOf(read, record.occlusion_texture, false) ?? null;
  material.aoMapIntensity = numberOf(objectOf(record.occlusion_texture).strength) ?? 1;
  material.emissive.fromArray(numbersOf(record.emissive, 3) ?? [0, 0, 0]);
  material.emissiveMap = textureOf(read, record.emissive_texture, true) ?? null;
}

/** Where no tangents come with the geometry, three derives them from the picture's axes, of which one points the other way. */
function setNormalScale(
  scale: { set(x: number, y: number): unknown },
  info: unknown,
  surface: Surface,
): void {
  const said = numberOf(objectOf(info).scale) ?? 1;
  scale.set(said, surface.hasTangents ? said : -said);
}

/** The extensions that need three's physical material. */
const PHYSICAL = [
  "KHR_materials_anisotropy",
  "KHR_materials_clearcoat",
  "KHR_materials_dispersion",
  "KHR_materials_ior",
  "KHR_materials_iridescence",
  "KHR_materials_sheen",
  "KHR_materials_specular",
  "KHR_materials_transmission",
  "KHR_materials_volume",
];

function setPhysical(material: MeshPhysicalMaterial, source: Json, surface: Surface, read: Reading): void {
  const given = (name: string, set: (fields: Fields) => void) => {
    const extension = extensionOf(source, `KHR_materials_${name}`);
    if (extension) set(new Fields(extension, read));
  };
  given("anisotropy", (of) => {
    material.anisotropy = of.number("anisotropyStrength", 0);
    material.anisotropyRotation = of.number("anisotropyRotation", 0);
    material.anisotropyMap = of.texture("anisotropyTexture");
  });
  given("clearcoat", (of) => {
    material.clearcoat = of.number("clearcoatFactor", 0);
    material.clearcoatMap = of.texture("clearcoatTexture");
    material.clearcoatRoughness = of.number("clearcoatRoughnessFactor", 0);
    material.clearcoatRoughnessMap = of.texture("clearcoatRoughnessTexture");
    material.clearcoatNormalMap = of.texture("clearcoatNormalTexture");
    setNormalScale(material.clearcoatNormalScale, of.fields.clearcoatNormalTexture, surface);
  });
  given("dispersion", (of) => {
    material.dispersion = of.number("dispersion", 0);
  });
  given("ior", (of) => {
    material.ior = of.number("ior", 1.5);
  });
  given("iridescence", (of) => {
    material.iridescence = of.number("iridescenceFactor", 0);
    material.iridescenceMap = of.texture("iridescenceTexture");
    material.iridescenceIOR = of.number("iridescenceIor", 1.3);
    material.iridescenceThicknessMinimum = of.number("iridescenceThicknessMinimum", 100);
    material.iridescenceThicknessMaximum = of.number("iridescenceThicknessMaximum", 400);
    material.iridescenceThicknessMap = of.texture("iridescenceThicknessTexture");
  });
  given("sheen", (of) => {
    material.sheen = 1;
    of.color("sheenColorFactor", material.sheenColor, [0, 0, 0]);
    material.sheenColorMap = of.texture("sheenColorTexture", true);
    material.sheenRoughness = of.number("sheenRoughnessFactor", 0);
    material.sheenRoughnessMap = of.texture("sheenRoughnessTexture");
  });
  given("specular", (of) => {
    material.specularIntensity = of.number("specularFactor", 1);
    material.specularIntensityMap = of.texture("specularTexture");
    of.color("specularColorFactor", material.specularColor, [1, 1, 1]);
    material.specularColorMap = of.texture("specularColorTexture", true);
  });
  given("transmission", (of) => {
    material.transmission = of.number("transmissionFactor", 0);
    material.transmissionMap = of.texture("transmissionTexture");
  });
  given("volume", (of) => {
    material.thickness = of.number("thicknessFactor", 0);
    material.thicknessMap = of.texture("thicknessTexture");
    material.attenuationDistance = of.number("attenuationDistance", 0) || Infinity;
    of.color("attenuationColor", material.attenuationColor, [1, 1, 1]);
  });
}

/** The members of an extension. */
class Fields {
  constructor(
    readonly fields: Json,
    private readonly read: Reading,
  ) {}

  number(name: string, fallback: number): number {
    return numberOf(this.fields[name]) ?? fallback;
  }

  color(name: string, target: Color, fallback: readonly [number, number, number]): void {
    const [r = 0, g = 0, b = 0] = numbersOf(this.fields[name], 3) ?? fallback;
    target.setRGB(r, g, b);
  }

  texture(name: string, isColor = false): Texture | null {
    return textureOf(this.read, this.fields[name], isColor) ?? null;
  }
}

/** A texture that is there. */
function textureOf(read: Reading, info: unknown, isColor: boolean): Texture | undefined {
  const texture = readTexture(read, info, isColor);
  return texture === "broken" ? undefined : texture;
}

/** The texture of the base colour: one that cannot be had is seen to be missing. */
function baseOf(read: Reading, info: unknown): Texture | null {
  const texture = readTexture(read, info, true);
  return (texture === "broken" ? read.made(CHECKER, "") : texture) ?? null;
}
