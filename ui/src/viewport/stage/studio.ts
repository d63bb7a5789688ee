/** The neutral room that things stand in, as light from all around. */
import { PMREMGenerator, type WebGLRenderer, type WebGLRenderTarget } from "three";
import { RoomEnvironment } from "three/addons/environments/RoomEnvironment.js";

/** Blurs the room's lamps, in radians, so that they do not sparkle. */
const BLUR = 0.04;
/** Pixels a side of the cube that mirrors show: more is seen in no surface but a perfect mirror, and takes seconds in software. */
const SIZE = 128;

/** How brightly it shines, so that what is white still shows its shape. */
export const STUDIO_LIGHT = 0.7;

export function studio(renderer: WebGLRenderer): WebGLRenderTarget {
  const room = new RoomEnvironment();
  const generator = new PMREMGenerator(renderer);
  const target = generator.fromScene(room, BLUR, 0.1, 100, { size: SIZE });
  generator.dispose();
  room.dispose();
  return target;
}
