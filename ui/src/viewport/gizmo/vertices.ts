/** The corner of something drawn that is nearest to the pointer. */
import { Vector3 } from "three";
import type { BufferGeometry, Matrix4 } from "three";

import type { Picture } from "../camera/picture";
import type { At } from "../camera/view";

/** Corners that are looked at, at most: more would make the pointer wait. */
const MOST = 300_000;

/** The corner that is seen nearest to a place, no farther than `reach` pixels; of two that are as near, the one in front. */
export function vertexAt(
  drawn: Iterable<{ geometry: BufferGeometry; matrix: Matrix4 }>,
  picture: Picture,
  at: At,
  reach: number,
): Vector3 | undefined {
  let best: { point: Vector3; away: number; depth: number } | undefined;
  let left = MOST;
  const { forward } = picture;
  const point = new Vector3();
  for (const { geometry, matrix } of drawn) {
    const positions = geometry.getAttribute("position");
    const count = Math.min(positions.count, left);
    left -= count;
    for (let index = 0; index < count; index += 1) {
      point.fromBufferAttribute(positions, index).applyMatrix4(matrix);
      const seen = picture.at(point);
      if (!seen) continue;
      const away = Math.hypot(seen.x - at.x, seen.y - at.y);
      const depth = point.dot(forward);
      const isNearer = !best || away < best.away - 0.5 || (away < best.away + 0.5 && depth < best.depth);
      if (away <= reach && isNearer) best = { point: point.clone(), away, depth };
    }
  }
  return best?.point;
}
