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
    thumbnail: mediaType?.startsWith("image/") ?? false,
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

/** A small picture of a file, different for each. */
export function sampleThumbnail(asset: string): string {
  const hue = [...asset].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" fill="hsl(${hue} 45% 45%)"/><path d="M0 48l20-22 16 16 10-8 18 18v12H0z" fill="hsl(${hue} 45% 30%)"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
