/** Pictures as the graphics card takes them. */

/** A decoded picture. */
export type Picture = ImageBitmap;

/** What WebGL2 takes at most on the machines we meet, pixels a side; and how many pixels are 512 MB. */
const MAX_SIDE = 16_384;
const MAX_PIXELS = 1 << 27;

/** Decodes a PNG, JPEG or WebP; throws a sentence about a picture that cannot be shown. Sizes are looked at before decoding. */
export async function decodePicture(bytes: ArrayBuffer): Promise<Picture> {
  const size = pictureSize(bytes);
  if (size && (Math.max(size.width, size.height) > MAX_SIDE || size.width * size.height > MAX_PIXELS)) {
    throw new Error(
      `has ${size.width} × ${size.height} pixels, and at most ${MAX_SIDE} a side and ${MAX_PIXELS} in all can be drawn`,
    );
  }
  try {
    // Not every web view does as `colorSpaceConversion` says.
    return await createImageBitmap(new Blob([withoutProfile(bytes)]), {
      colorSpaceConversion: "none",
      premultiplyAlpha: "none",
    });
  } catch {
    throw new Error("is no picture that can be read here (PNG, JPEG and WebP can)");
  }
}

/** The size that the header of a PNG or JPEG tells; undefined where it tells none. */
export function pictureSize(bytes: ArrayBuffer): { width: number; height: number } | undefined {
  const view = new DataView(bytes);
  if (view.byteLength >= 24 && view.getUint32(0) === 0x89504e47) {
    return { width: view.getUint32(16), height: view.getUint32(20) };
  }
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return undefined;
  // A JPEG is a row of segments: marker, length, content. A frame's segment tells the size.
  let at = 2;
  while (at + 9 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** The chunks of a PNG that say what its colours mean. */
const PNG_COLORS = new Set(["iCCP", "gAMA", "cHRM", "sRGB", "cICP"]);

/** A PNG or JPEG without what it says of its colours, which glTF has ignored: glTF 2.0, section 3.8.1. */
export function withoutProfile(bytes: ArrayBuffer): ArrayBuffer {
  const view = new DataView(bytes);
  const isPng = view.byteLength >= 24 && view.getUint32(0) === 0x89504e47;
  if (!isPng && (view.byteLength < 4 || view.getUint16(0) !== 0xffd8)) return bytes;
  const kept: [from: number, to: number][] = [];
  // The stretches of the file, one after the other; what does not read as such is kept as it is.
  let at = isPng ? 8 : 2;
  let from = 0;
  while (at + 12 <= view.byteLength) {
    const isSegment = isPng || view.getUint8(at) === 0xff;
    const length = isPng ? view.getUint32(at) + 12 : view.getUint16(at + 2) + 2;
    const isColor = isPng ? PNG_COLORS.has(textAt(view, at + 4, 4)) : view.getUint8(at + 1) === 0xe2;
    const isPicture = isPng ? textAt(view, at + 4, 4) === "IDAT" : view.getUint8(at + 1) === 0xda;
    if (!isSegment || isPicture || at + length > view.byteLength) break;
    if (isColor) {
      kept.push([from, at]);
      from = at + length;
    }
    at += length;
  }
  if (kept.length === 0) return bytes;
  kept.push([from, bytes.byteLength]);
  const stripped = new Uint8Array(kept.reduce((sum, [start, end]) => sum + end - start, 0));
  let to = 0;
  for (const [start, end] of kept) {
    stripped.set(new Uint8Array(bytes, start, end - start), to);
    to += end - start;
  }
  return stripped.buffer;
}

function textAt(view: DataView, at: number, length: number): string {
  return String.fromCharCode(...Array.from({ length }, (_, each) => view.getUint8(at + each)));
}
