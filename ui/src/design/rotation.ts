/** Rotations as people type them: intrinsic XYZ Euler angles in degrees; as files store them: unit quaternions x, y, z, w. */

export type Vector3 = readonly [number, number, number];
export type Quaternion = readonly [number, number, number, number];

export const DEGREE = Math.PI / 180;

export function quaternionFromEuler([x, y, z]: Vector3): Quaternion {
  const [c1, c2, c3] = [x, y, z].map((angle) => Math.cos((angle * DEGREE) / 2)) as [number, number, number];
  const [s1, s2, s3] = [x, y, z].map((angle) => Math.sin((angle * DEGREE) / 2)) as [number, number, number];
  return [
    s1 * c2 * c3 + c1 * s2 * s3,
    c1 * s2 * c3 - s1 * c2 * s3,
    c1 * c2 * s3 + s1 * s2 * c3,
    c1 * c2 * c3 - s1 * s2 * s3,
  ];
}

export function eulerFromQuaternion(quaternion: Quaternion): Vector3 {
  const length = Math.hypot(...quaternion) || 1;
  const [x, y, z, w] = quaternion.map((part) => part / length) as [number, number, number, number];
  const m13 = 2 * (x * z + y * w);
  const pitch = Math.asin(Math.min(1, Math.max(-1, m13)));
  if (Math.abs(m13) < 0.9999999) {
    const roll = Math.atan2(-2 * (y * z - x * w), 1 - 2 * (x * x + y * y));
    const yaw = Math.atan2(-2 * (x * y - z * w), 1 - 2 * (y * y + z * z));
    return degrees([roll, pitch, yaw]);
  }
  // Gimbal lock: x and z turn about the same axis; all of it is given to x.
  return degrees([Math.atan2(2 * (y * z + x * w), 1 - 2 * (x * x + z * z)), pitch, 0]);
}

function degrees(angles: Vector3): Vector3 {
  // Rounding hides what the conversion added; adding 0 turns -0 into 0.
  return angles.map((angle) => Math.round((angle / DEGREE) * 1e6) / 1e6 + 0) as unknown as Vector3;
}

export interface Transform {
  translation: Vector3;
  rotation: Quaternion;
  scale: Vector3;
}

/** A column-major matrix as translation, rotation and scale. Shear, which these cannot hold, is lost. */
export function decompose(matrix: readonly number[]): Transform {
  const m = (column: number, row: number) => matrix[column * 4 + row] ?? 0;
  const column = (at: number): Vector3 => [m(at, 0), m(at, 1), m(at, 2)];
  const lengths = [0, 1, 2].map((at) => Math.hypot(...column(at))) as [number, number, number];
  const [a, b, c] = [column(0), column(1), column(2)];
  const determinant =
    a[0] * (b[1] * c[2] - b[2] * c[1]) -
    b[0] * (a[1] * c[2] - a[2] * c[1]) +
    c[0] * (a[1] * b[2] - a[2] * b[1]);
  const scale: Vector3 = [determinant < 0 ? -lengths[0] : lengths[0], lengths[1], lengths[2]];
  const r = (at: 0 | 1 | 2, row: number) => (scale[at] === 0 ? Number(at === row) : m(at, row) / scale[at]);
  return {
    translation: [m(3, 0), m(3, 1), m(3, 2)],
    rotation: quaternionFromBasis(r),
    scale,
  };
}

function quaternionFromBasis(r: (column: 0 | 1 | 2, row: number) => number): Quaternion {
  const [xx, yy, zz] = [r(0, 0), r(1, 1), r(2, 2)];
  const trace = xx + yy + zz;
  if (trace > 0) {
    const s = 2 * Math.sqrt(trace + 1);
    return [(r(1, 2) - r(2, 1)) / s, (r(2, 0) - r(0, 2)) / s, (r(0, 1) - r(1, 0)) / s, s / 4];
  }
  if (xx > yy && xx > zz) {
    const s = 2 * Math.sqrt(1 + xx - yy - zz);
    return [s / 4, (r(1, 0) + r(0, 1)) / s, (r(2, 0) + r(0, 2)) / s, (r(1, 2) - r(2, 1)) / s];
  }
  if (yy > zz) {
    const s = 2 * Math.sqrt(1 + yy - xx - zz);
    return [(r(1, 0) + r(0, 1)) / s, s / 4, (r(2, 1) + r(1, 2)) / s, (r(2, 0) - r(0, 2)) / s];
  }
  const s = 2 * Math.sqrt(1 + zz - xx - yy);
  return [(r(2, 0) + r(0, 2)) / s, (r(2, 1) + r(1, 2)) / s, s / 4, (r(0, 1) - r(1, 0)) / s];
}
