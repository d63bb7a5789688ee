/** Where entities stand in the world, so that moving one in the tree does not move it in the scene. */

import type { FieldValue } from "../../ipc/types";
import type { Entities } from "./entityTree";

/** Sixteen numbers, column by column. */
type Matrix = readonly number[];

const IDENTITY: Matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
/** Differences below this are rounding. */
const EPSILON = 1e-6;

/**
 * The fields that keep an entity where it is in the world once it hangs under `parent`. Nothing where its place from its
 * parent stays the same, or where the parent flattens space, so that no such place exists.
 */
export function fieldsKeepingPlace(
  entities: Entities,
  id: string,
  parent: string | null,
): Record<string, FieldValue> {
  const inverse = inverted(parent === null ? IDENTITY : world(entities, parent));
  if (!inverse) return {};
  const now = local(entities, id);
  const wanted = multiplied(inverse, world(entities, id));
  if (isClose(now, wanted)) return {};
  if (entities.get(id)?.matrix !== undefined) return { matrix: [...wanted] };
  const parts = decomposed(wanted);
  const recomposed = composed(parts.translation, parts.rotation, parts.scale);
  if (isClose(recomposed, wanted)) return { ...parts };
  // A turned entity under an unevenly scaled parent is sheared; only a matrix can say that.
  return { matrix: [...wanted], translation: null, rotation: null, scale: null };
}

/** From the entity's own space to the world's. */
export function world(entities: Entities, id: string): Matrix {
  let matrix = local(entities, id);
  const seen = new Set([id]);
  for (let at = parentOf(entities, id); at !== undefined && !seen.has(at); at = parentOf(entities, at)) {
    seen.add(at);
    matrix = multiplied(local(entities, at), matrix);
  }
  return matrix;
}

function parentOf(entities: Entities, id: string): string | undefined {
  const parent = entities.get(id)?.parent;
  return typeof parent === "string" && entities.has(parent) ? parent : undefined;
}

function local(entities: Entities, id: string): Matrix {
  const record = entities.get(id);
  const matrix = numbers(record?.matrix, 16);
  if (matrix) return matrix;
  return composed(
    numbers(record?.translation, 3) ?? [0, 0, 0],
    numbers(record?.rotation, 4) ?? [0, 0, 0, 1],
    numbers(record?.scale, 3) ?? [1, 1, 1],
  );
}

function numbers(value: unknown, count: number): number[] | undefined {
  if (!Array.isArray(value) || value.length !== count) return undefined;
  return value.every((item): item is number => typeof item === "number") ? value : undefined;
}

function composed(translation: readonly number[], rotation: readonly number[], scale: readonly number[]) {
  const [x = 0, y = 0, z = 0, w = 1] = rotation;
  const [sx = 1, sy = 1, sz = 1] = scale;
  const [tx = 0, ty = 0, tz = 0] = translation;
  return [
    (1 - 2 * (y * y + z * z)) * sx,
    2 * (x * y + w * z) * sx,
    2 * (x * z - w * y) * sx,
    0,
    2 * (x * y - w * z) * sy,
    (1 - 2 * (x * x + z * z)) * sy,
    2 * (y * z + w * x) * sy,
    0,
    2 * (x * z + w * y) * sz,
    2 * (y * z - w * x) * sz,
    (1 - 2 * (x * x + y * y)) * sz,
    0,
    tx,
    ty,
    tz,
    1,
  ];
}

function multiplied(a: Matrix, b: Matrix): Matrix {
  return Array.from({ length: 16 }, (_, at) => {
    const row = at % 4;
    const column = at - row;
    return [0, 1, 2, 3].reduce((sum, k) => sum + (a[k * 4 + row] ?? 0) * (b[column + k] ?? 0), 0);
  });
}

/** The inverse of a matrix whose last row is 0, 0, 0, 1. */
function inverted(m: Matrix): Matrix | undefined {
  const [a = 0, b = 0, c = 0, , d = 0, e = 0, f = 0, , g = 0, h = 0, i = 0, , x = 0, y = 0, z = 0] = m;
  const determinant = a * (e * i - f * h) - d * (b * i - c * h) + g * (b * f - c * e);
  if (Math.abs(determinant) < 1e-12) return undefined;
  const r = [
    (e * i - f * h) / determinant,
    (c * h - b * i) / determinant,
    (b * f - c * e) / determinant,
    (f * g - d * i) / determinant,
    (a * i - c * g) / determinant,
    (c * d - a * f) / determinant,
    (d * h - e * g) / determinant,
    (b * g - a * h) / determinant,
    (a * e - b * d) / determinant,
  ] as const;
  return [
    ...[r[0], r[1], r[2], 0],
    ...[r[3], r[4], r[5], 0],
    ...[r[6], r[7], r[8], 0],
    -(r[0] * x + r[3] * y + r[6] * z),
    -(r[1] * x + r[4] * y + r[7] * z),
    -(r[2] * x + r[5] * y + r[8] * z),
    1,
  ];
}

/** Translation, rotation and scale of a matrix without shear; a mirrored one is mirrored along x. */
function decomposed(m: Matrix) {
  const column = (at: number): number[] => [m[at] ?? 0, m[at + 1] ?? 0, m[at + 2] ?? 0];
  const axes = [column(0), column(4), column(8)];
  const scale = axes.map((axis) => Math.hypot(...axis));
  const [[a = 0, b = 0, c = 0] = [], [d = 0, e = 0, f = 0] = [], [g = 0, h = 0, i = 0] = []] = axes;
  if (a * (e * i - f * h) - d * (b * i - c * h) + g * (b * f - c * e) < 0) scale[0] = -(scale[0] ?? 1);
  const [x = [], y = [], z = []] = axes.map((axis, at) => axis.map((n) => n / (scale[at] || 1)));
  return { translation: column(12), rotation: quaternion(x, y, z), scale };
}

/** The unit quaternion x, y, z, w that turns the axes to these. */
function quaternion(x: number[], y: number[], z: number[]): number[] {
  const [m00 = 1, m10 = 0, m20 = 0] = x;
  const [m01 = 0, m11 = 1, m21 = 0] = y;
  const [m02 = 0, m12 = 0, m22 = 1] = z;
  const trace = m00 + m11 + m22;
  if (trace > 0) {
    const s = 2 * Math.sqrt(trace + 1);
    return [(m21 - m12) / s, (m02 - m20) / s, (m10 - m01) / s, s / 4];
  }
  if (m00 > m11 && m00 > m22) {
    const s = 2 * Math.sqrt(1 + m00 - m11 - m22);
    return [s / 4, (m01 + m10) / s, (m02 + m20) / s, (m21 - m12) / s];
  }
  if (m11 > m22) {
    const s = 2 * Math.sqrt(1 + m11 - m00 - m22);
    return [(m01 + m10) / s, s / 4, (m12 + m21) / s, (m02 - m20) / s];
  }
  const s = 2 * Math.sqrt(1 + m22 - m00 - m11);
  return [(m02 + m20) / s, (m12 + m21) / s, s / 4, (m10 - m01) / s];
}

function isClose(a: Matrix, b: Matrix): boolean {
  return a.every((n, at) => Math.abs(n - (b[at] ?? 0)) < EPSILON);
}
