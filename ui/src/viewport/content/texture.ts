/** Textures of materials: the picture, how it is sampled, and how it lies on the surface (KHR_texture_transform). */
import {
  ClampToEdgeWrapping,
  DataTexture,
  LinearFilter,
  LinearMipmapLinearFilter,
  LinearMipmapNearestFilter,
  MirroredRepeatWrapping,
  NearestFilter,
  NearestMipmapLinearFilter,
  NearestMipmapNearestFilter,
  NoColorSpace,
  RepeatWrapping,
  SRGBColorSpace,
  TextureSource,
  Texture,
  type MagnificationTextureFilter,
  type MinificationTextureFilter,
  type Wrapping,
} from "three";

import type { RecordData } from "../../ipc/types";
import type { Reading, Rule } from "./derivation";
import { countOf, extensionOf, numberOf, numbersOf, objectOf, sourceOf, textOf } from "./values";

const MAG: Readonly<Record<number, MagnificationTextureFilter>> = { 9728: NearestFilter, 9729: LinearFilter };
const MIN: Readonly<Record<number, MinificationTextureFilter>> = {
  9728: NearestFilter,
  9729: LinearFilter,
  9984: NearestMipmapNearestFilter,
  9985: LinearMipmapNearestFilter,
  9986: NearestMipmapLinearFilter,
  9987: LinearMipmapLinearFilter,
};
const WRAP: Readonly<Record<number, Wrapping>> = {
  33071: ClampToEdgeWrapping,
  33648: MirroredRepeatWrapping,
  10497: RepeatWrapping,
};

/** Extensions that name another picture than the texture's own. */
const OTHER_PICTURES = ["EXT_texture_webp", "EXT_texture_avif", "KHR_texture_basisu"];

/** An image's picture, which textures that show it share; `broken` where it cannot be had. Key: the image. */
const PICTURE: Rule<TextureSource<ImageBitmap> | "broken" | undefined> = {
  name: "picture",
  level: 0,
  make(image, read) {
    const record = read.record("images", image);
    const cid = textOf(record?.object);
    if (cid === undefined) {
      read.problem("images", image, record ? "came without its bytes" : "is not there");
      return "broken";
    }
    const picture = read.picture(cid, { collection: "images", id: image });
    if (!picture) return read.waits === "loading" ? undefined : "broken";
    const source = new TextureSource(picture);
    source.needsUpdate = true;
    return source;
  },
};

/** Key: JSON of what {@link readTexture} is asked for. */
const TEXTURE: Rule<Texture | "broken" | undefined> = {
  name: "texture",
  level: 1,
  make(key, read) {
    const { texture: id, channel, isColor, transform } = JSON.parse(key) as TextureKey;
    const record = read.record("textures", id);
    const others = OTHER_PICTURES.map((name) => textOf(extensionOf(sourceOf(record), name)?.source));
    const image = textOf(record?.image) ?? others.find((other) => other !== undefined);
    if (!record || image === undefined) {
      read.problem("textures", id, record ? "has no image" : "is not there");
      return "broken";
    }
    const source = read.made(PICTURE, image);
    if (source === undefined || source === "broken") return source;
    const texture = new Texture();
    texture.source = source;
    texture.flipY = false;
    texture.channel = channel;
    texture.colorSpace = isColor ? SRGBColorSpace : NoColorSpace;
    sample(texture, typeof record.sampler === "string" ? read.record("samplers", record.sampler) : undefined);
    texture.offset.fromArray(transform.offset);
    texture.repeat.fromArray(transform.scale);
    texture.rotation = transform.rotation;
    texture.updateMatrix();
    texture.needsUpdate = true;
    return texture;
  },
  drop: (texture) => {
    if (texture instanceof Texture) texture.dispose();
  },
};

interface TextureKey {
  texture: string;
  channel: number;
  isColor: boolean;
  transform: { offset: number[]; scale: number[]; rotation: number };
}

/** The texture that a material's texture info names; `broken` where it cannot be had, undefined while it loads or where there is none. */
export function readTexture(read: Reading, info: unknown, isColor: boolean): Texture | "broken" | undefined {
  const texture = textOf(objectOf(info).texture);
  if (texture === undefined) return undefined;
  const transform = extensionOf(info, "KHR_texture_transform") ?? {};
  const channel = countOf(transform.texCoord) ?? countOf(objectOf(info).texCoord) ?? 0;
  const key: TextureKey = {
    texture,
    // Three takes four.
    channel: Math.min(channel, 3),
    isColor,
    transform: {
      offset: numbersOf(transform.offset, 2) ?? [0, 0],
      scale: numbersOf(transform.scale, 2) ?? [1, 1],
      rotation: numberOf(transform.rotation) ?? 0,
    },
  };
  return read.made(TEXTURE, JSON.stringify(key));
}

function sample(texture: Texture, sampler: RecordData | undefined): void {
  const of = <T>(table: Readonly<Record<number, T>>, value: unknown): T | undefined =>
    table[numberOf(value) ?? -1];
  texture.magFilter = of(MAG, sampler?.mag_filter) ?? LinearFilter;
  texture.minFilter = of(MIN, sampler?.min_filter) ?? LinearMipmapLinearFilter;
  texture.wrapS = of(WRAP, sampler?.wrap_s) ?? RepeatWrapping;
  texture.wrapT = of(WRAP, sampler?.wrap_t) ?? RepeatWrapping;
}

/** What stands for a base colour that cannot be shown: squares of magenta and grey. It has no key. */
export const CHECKER: Rule<Texture> = {
  name: "checker",
  level: 0,
  make() {
    const size = 8;
    const pixels = new Uint8Array(size * size * 4);
    for (let at = 0; at < size * size; at += 1) {
      const isOdd = ((at % size) + Math.floor(at / size)) % 2 === 1;
      pixels.set(isOdd ? [255, 0, 200, 255] : [70, 70, 70, 255], at * 4);
    }
    const texture = new DataTexture(pixels, size, size);
    texture.colorSpace = SRGBColorSpace;
    texture.wrapS = texture.wrapT = RepeatWrapping;
    texture.needsUpdate = true;
    return texture;
  },
  drop: (texture) => texture.dispose(),
};
