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
