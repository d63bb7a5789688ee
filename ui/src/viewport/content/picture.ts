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
    return await createImageBitmap(new Blob([bytes]), {
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
