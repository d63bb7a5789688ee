/** What people show each other of a scene: from where they look at it, and where what they drag would stand. */
import { Box3, Matrix4, Vector3 } from "three";

import type { Shown } from "../../../ipc/types";
import { eyeOf, poseOf } from "../../../viewport/camera/view";
import type { View } from "../../../viewport/camera/view";

/** Something that is being dragged and not let go yet, with its matrix in the world. */
export interface Ghost {
  readonly id: string;
  readonly matrix: Matrix4;
}

/** As many as fit beside a selection into what is sent at once. */
export const MOST_GHOSTS = 48;
/** A tenth of a millimetre is finer than anybody sees, and short on the wire. */
const DIGITS = 1e4;

/** As it is sent. */
export function eyeShown(view: View): Shown {
  const { target, yaw, pitch, distance, ...rest } = view;
  return {
    eye: {
      ...rest,
      target: target.map(rounded),
      yaw: rounded(yaw),
      pitch: rounded(pitch),
      distance: rounded(distance),
    },
  };
}

/** As they are sent; of many the first. */
export function ghostsShown(ghosts: readonly Ghost[]): Shown {
  return {
    ghosts: ghosts
      .slice(0, MOST_GHOSTS)
      .map(({ id, matrix }) => ({ id, matrix: matrix.elements.map(rounded) })),
  };
}

/** What somebody drags, as far as it makes sense. */
export function ghostsIn(ghosts: unknown): Ghost[] {
  if (!Array.isArray(ghosts)) return [];
  return ghosts.slice(0, MOST_GHOSTS).flatMap((ghost: unknown): Ghost[] => {
    if (typeof ghost !== "object" || ghost === null) return [];
    const { id, matrix } = ghost as Partial<Record<keyof Ghost, unknown>>;
    const isMatrix = Array.isArray(matrix) && matrix.length === 16 && matrix.every(Number.isFinite);
    return typeof id === "string" && isMatrix ? [{ id, matrix: new Matrix4().fromArray(matrix) }] : [];
  });
}

/** The corners of a box; the bits of their number say which side of x, y and z they are on. */
export function cornersOf({ min, max }: Box3): Vector3[] {
  return Array.from(
    { length: 8 },
    (_, at) => new Vector3(at & 1 ? max.x : min.x, at & 2 ? max.y : min.y, at & 4 ? max.z : min.z),
  );
}

/** The edges of a box, by the numbers of its corners. */
export const EDGES: readonly (readonly [number, number])[] = Array.from({ length: 8 }, (_, corner) =>
  [1, 2, 4].flatMap((side) => (corner & side ? [] : [[corner, corner | side] as const])),
).flat();

/** Where the corners of what stands in a box would be, once it has another matrix in the world; nothing where it is flat. */
export function ghostCorners(box: Box3, now: Matrix4, then: Matrix4): Vector3[] {
  if (box.isEmpty() || now.determinant() === 0) return [];
  const moved = then.clone().multiply(now.clone().invert());
  return cornersOf(box).map((corner) => corner.applyMatrix4(moved));
}

/** Somebody's camera as a sign: the eye, and the corners of the picture before it. */
export function eyeSign(view: View): { readonly eye: Vector3; readonly corners: readonly Vector3[] } {
  const size = Math.min(Math.max(view.distance * 0.06, 0.05), 1);
  const pose = poseOf(view);
  const corner = (x: number, y: number) =>
    new Vector3(x * size, y * size * 0.6, -size * 1.2).applyMatrix4(pose);
  return { eye: eyeOf(view), corners: [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)] };
}

/** The same place to look from. */
export function isSameEye(a: View, b: View): boolean {
  return JSON.stringify(eyeShown(a)) === JSON.stringify(eyeShown(b));
}

/** The middle of the upper side, where a name stands. */
export function topOf(corners: readonly Vector3[]): Vector3 {
  const highest = Math.max(...corners.map(({ y }) => y));
  return new Box3()
    .setFromPoints([...corners])
    .getCenter(new Vector3())
    .setY(highest);
}

function rounded(value: number): number {
  return Math.round(value * DIGITS) / DIGITS;
}
