/** A few files in folders, in every state. */
import type { AssetInfo } from "../types";

export function sampleAssets(): AssetInfo[] {
  const file = (path: string, mediaType: string | null, size: number, rest: Partial<AssetInfo> = {}) => ({
    id: path.replace(/\W/g, "-"),
    path,
    size,
    mediaType,
    object: `bafkrei${path.length.toString().padStart(8, "0")}`,
    state: "here" as const,
    done: null,
    thumbnail: mediaType?.startsWith("image/") ? `bafkreismall${path.length}` : null,
    ...rest,
  });
  return [
    file("models/hammer.glb", "model/gltf-binary", 2_841_000),
    file("models/mole.glb", "model/gltf-binary", 18_204_120, { state: "sending", done: 7_300_000 }),
    file("notes.md", "text/markdown", 812),
    file("sounds/hit.wav", "audio/wav", 141_022),
    file("sounds/music/garden.ogg", "audio/ogg", 3_204_511, { state: "fetching", done: 1_100_000 }),
    file("sounds/music/night.ogg", "audio/ogg", 4_100_210, { state: "awaited" }),
    file("textures/fur.png", "image/png", 1_240_322),
    file("textures/grass.png", "image/png", 902_113),
    file("textures/sky.jpg", "image/jpeg", 640_002),
  ];
}
