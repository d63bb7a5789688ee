/** What a motion does to entities: the local places they get, and the fields of their records that say so. */
import { Matrix3, Matrix4, Quaternion, Vector3 } from "three";

import type { Frame } from "./handles";
import { matrixOf } from "./motion";
import type { Motion } from "./motion";

/** An entity that is moved, as it was before. */
export interface Subject {
  readonly id: string;
  /** From its parent's space to the world. */
  readonly parent: Matrix4;
  readonly local: Matrix4;
  /** Whether its record holds a matrix instead of translation, rotation and scale. */
  readonly hasMatrix: boolean;
  /** As its record says; of one that has a matrix, what that comes to. */
  readonly rotation: Quaternion;
  readonly scale: Vector3;
}

/** Where an entity comes to stand. */
export interface Placed {
  readonly id: string;
  readonly local: Matrix4;
  /** What its record gets; only the parts that the motion changes. */
  readonly fields: Readonly<Record<string, number[]>>;
}

/** About which point several are turned and scaled. */
export type Pivot = "active" | "median" | "each";
/** Whose axes a gizmo has. */
export type Space = "world" | "local" | "parent";

const WORLD_AXES: Frame["axes"] = [new Vector3(1, 0, 0), new Vector3(0, 1, 0), new Vector3(0, 0, 1)];

/** Where the gizmo stands for these entities, the last of them being the active one. */
export function frameOf(subjects: readonly Subject[], space: Space, pivot: Pivot): Frame | undefined {
  const active = subjects.at(-1);
  if (!active) return undefined;
  const middle = new Vector3();
  for (const subject of subjects) middle.addScaledVector(originOf(subject), 1 / subjects.length);
  return { origin: pivot === "median" ? middle : originOf(active), axes: axesIn(active, space) };
}

/** The same motion for each of them: of its own place and in its own axes where the pivot is `each`. */
export function placed(
  subjects: readonly Subject[],
  motion: Motion,
  frame: Frame,
  { space, pivot, isFree }: { space: Space; pivot: Pivot; isFree: boolean },
): Placed[] {
  return subjects.map((subject) => {
    if (pivot !== "each") return placedBy(subject, motion, frame);
    // What follows the picture has the picture's axes, for all of them.
    const axes = isFree && motion.kind !== "scale" ? frame.axes : axesIn(subject, space);
    return placedBy(subject, motion, { origin: originOf(subject), axes });
  });
}

/** Where an entity's origin is in the world. */
export function originOf({ parent, local }: Pick<Subject, "parent" | "local">): Vector3 {
  return new Vector3().setFromMatrixPosition(local).applyMatrix4(parent);
}

function placedBy(subject: Subject, motion: Motion, frame: Frame): Placed {
  const still = { id: subject.id, local: subject.local, fields: {} };
  const { parent, local } = subject;
  // A parent that flattens space has no way back: what hangs below it stays.
  if (Math.abs(parent.determinant()) < 1e-15) return still;
  const delta = matrixOf(motion, frame);
  const inParent = parent.clone().invert().multiply(delta).multiply(parent);
  if (subject.hasMatrix) {
    const matrix = inParent.multiply(local);
    return { id: subject.id, local: matrix, fields: { matrix: matrix.toArray() } };
  }
  const before = new Vector3().setFromMatrixPosition(local);
  const translation = before.clone().applyMatrix4(inParent);
  const rotation = subject.rotation.clone();
  const scale = subject.scale.clone();
  if (motion.kind === "rotate") rotation.premultiply(turnOf(inParent)).normalize();
  if (motion.kind === "scale") stretch(scale, rotation, inParent);
  const hasMoved =
    motion.kind === "translate" || before.distanceTo(translation) > 1e-9 * (1 + before.length());
  const fields = {
    ...(hasMoved ? { translation: translation.toArray() } : {}),
    ...(motion.kind === "rotate" ? { rotation: rotation.toArray() } : {}),
    ...(motion.kind === "scale" ? { scale: scale.toArray() } : {}),
  };
  const place = hasMoved ? translation : before;
  return { id: subject.id, local: new Matrix4().compose(place, rotation, scale), fields };
}

/** Stretches along an entity's own axes as far as a matrix stretches them; what would be shear is left out. */
function stretch(scale: Vector3, rotation: Quaternion, by: Matrix4): void {
  const linear = new Matrix3().setFromMatrix4(by);
  for (const at of [0, 1, 2]) {
    const axis = new Vector3().setComponent(at, 1).applyQuaternion(rotation);
    const stretched = axis.clone().applyMatrix3(linear);
    const sign = stretched.dot(axis) < 0 ? -1 : 1;
    scale.setComponent(at, tidy(scale.getComponent(at) * sign * stretched.length()));
  }
}

/** The turn of a matrix; the nearest one where a parent is stretched. */
function turnOf(matrix: Matrix4): Quaternion {
  const [x, y, z] = [new Vector3(), new Vector3(), new Vector3()];
  matrix.extractBasis(x, y, z);
  return new Quaternion().setFromRotationMatrix(new Matrix4().makeBasis(...upright(x, y, z)));
}

function axesIn({ parent, local }: Subject, space: Space): Frame["axes"] {
  if (space === "world") return WORLD_AXES;
  const [x, y, z] = [new Vector3(), new Vector3(), new Vector3()];
  (space === "parent" ? parent : parent.clone().multiply(local)).extractBasis(x, y, z);
  return upright(x, y, z);
}

/** Unit vectors at right angles, right-handed, as near to three others as the first of them allow. */
function upright(x: Vector3, y: Vector3, z: Vector3): [Vector3, Vector3, Vector3] {
  const first = unit(x) ?? unit(y.clone().cross(z)) ?? new Vector3(1, 0, 0);
  const flat = y.clone().addScaledVector(first, -y.dot(first));
  const second =
    unit(flat) ?? unit(z.clone().cross(first)) ?? unit(new Vector3(-first.y, first.x, first.z).cross(first));
  const safe = second ?? new Vector3(0, 1, 0);
  return [first, safe, first.clone().cross(safe)];
}

function unit(vector: Vector3): Vector3 | undefined {
  const length = vector.length();
  return length > 1e-12 ? vector.clone().divideScalar(length) : undefined;
}

/** Without the noise of arithmetic: 2, and not 2.0000000000000004. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
