/** An entity's transform: translation, rotation and scale, or a matrix that stands instead of the three. */
import type { Quaternion, Vector3 } from "../../design";
import type { FieldValue, RecordData } from "../../ipc/types";

type Part = "translation" | "rotation" | "scale";

/** A part of the transform that an entity's matrix holds, where it has one. */
export function transformPart({ matrix }: RecordData, part: Part): FieldValue | undefined {
  return Array.isArray(matrix) ? [...decompose(matrix.map(Number))[part]] : undefined;
}

/** What setting a part of the transform writes: an entity that had a matrix gets all three parts instead. */
export function transformSet(
  { matrix }: RecordData,
  part: Part,
  value: readonly number[],
): Record<string, FieldValue | null> {
  if (!Array.isArray(matrix)) return { [part]: [...value] };
  const { translation, rotation, scale } = decompose(matrix.map(Number));
  return {
    translation: [...translation],
    rotation: [...rotation],
    scale: [...scale],
    [part]: [...value],
    matrix: null,
  };
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
