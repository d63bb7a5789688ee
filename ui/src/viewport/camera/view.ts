/** From where a scene is looked at: plain values, so that they can be kept, sent and compared. Lengths in metres, angles in radians. */
import { Box3, Matrix4, Quaternion, Sphere, Vector3 } from "three";

/** Three numbers: x, y, z. */
export type Triple = readonly [number, number, number];

export interface View {
  /** The point that one turns about. */
  readonly target: Triple;
  /** About +Y: at 0 one looks along -Z, at the front of things. */
  readonly yaw: number;
  /** How far above the horizon the eye is, -π/2 to π/2. */
  readonly pitch: number;
  /** From the eye to the target. */
  readonly distance: number;
  readonly projection: "perspective" | "orthographic";
  /** The entity whose camera one looks through; none for one's own eye. */
  readonly through: string | null;
}

/** The size of the picture, in CSS pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** A place in the picture, in CSS pixels from its upper left corner. */
export interface At {
  readonly x: number;
  readonly y: number;
}

/** The vertical field of view of one's own eye. */
export const FIELD_OF_VIEW = (50 * Math.PI) / 180;
const NEAREST = 0.001;
const FARTHEST = 1e7;
const UPRIGHT = Math.PI / 2;
/** What dragging across the whole height of the picture turns. */
const TURN = Math.PI;
/** How much room is left around what is framed. */
const MARGIN = 1.15;
/** How near a point is gone to, which has no size. */
const POINT_RADIUS = 0.5;

/** Three quarters from the front, a little from above. */
export const START: View = {
  target: [0, 0, 0],
  yaw: Math.PI / 5,
  pitch: Math.PI / 7,
  distance: 8,
  projection: "perspective",
  through: null,
};

/** What the picture's right, up and depth are in the world; depth points at the eye. */
export interface Axes {
  readonly right: Vector3;
  readonly up: Vector3;
  readonly back: Vector3;
}

export function axesOf({ yaw, pitch }: Pick<View, "yaw" | "pitch">): Axes {
  const [sy, cy, sp, cp] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch)];
  return {
    right: new Vector3(cy, 0, -sy),
    up: new Vector3(-sy * sp, cp, -cy * sp),
    back: new Vector3(sy * cp, sp, cy * cp),
  };
}

/** Where the eye is. */
export function eyeOf(view: View): Vector3 {
  return axesOf(view).back.multiplyScalar(view.distance).add(vector(view.target));
}

/** From the eye's space, in which it looks along -Z, to the world. */
export function poseOf(view: View): Matrix4 {
  const { right, up, back } = axesOf(view);
  return new Matrix4().makeBasis(right, up, back).setPosition(eyeOf(view));
}

/** How many metres a pixel is at the distance of the target. */
export function metresPerPixel({ distance }: View, { height }: PictureSize): number {
  return (2 * distance * Math.tan(FIELD_OF_VIEW / 2)) / Math.max(height, 1);
}

/** The point in the plane of the target, across the picture, that is seen at a place. */
export function pointAt(view: View, at: At, size: PictureSize): Vector3 {
  const { right, up } = axesOf(view);
  const scale = metresPerPixel(view, size);
  return vector(view.target)
    .addScaledVector(right, (at.x - size.width / 2) * scale)
    .addScaledVector(up, (size.height / 2 - at.y) * scale);
}

/** Turned about the target, as if the scene were held and turned by hand. */
export function orbited(view: View, by: At, { height }: PictureSize): View {
  const scale = TURN / Math.max(height, 1);
  return { ...view, ...turned(view, -by.x * scale, by.y * scale) };
}

/** Turned by angles about the target. */
export function turnedBy(view: View, yaw: number, pitch: number): View {
  return { ...view, ...turned(view, yaw, pitch) };
}

/** Looking elsewhere from the same place. */
export function lookedAround(view: View, by: At, { height }: PictureSize): View {
  const scale = TURN / 2 / Math.max(height, 1);
  const next = { ...view, ...turned(view, -by.x * scale, by.y * scale) };
  const target = eyeOf(view).addScaledVector(axesOf(next).back, -view.distance);
  return { ...next, target: triple(target) };
}

/** Moved across the picture: what is at the target's distance follows the pointer. */
export function panned(view: View, by: At, size: PictureSize): View {
  const { right, up } = axesOf(view);
  const scale = metresPerPixel(view, size);
  const target = vector(view.target)
    .addScaledVector(right, -by.x * scale)
    .addScaledVector(up, by.y * scale);
  return { ...view, target: triple(target) };
}

/** Nearer to a point of the world (a factor below 1) or farther from it; the point keeps its place in the picture. */
export function dollied(view: View, factor: number, toward: Vector3): View {
  const distance = within(view.distance * factor, NEAREST, FARTHEST);
  const share = distance / view.distance;
  const target = vector(view.target).sub(toward).multiplyScalar(share).add(toward);
  if (view.projection === "perspective") {
    // The eye goes along the line to the point; how far off the target is then follows from where the eye is.
    const eye = eyeOf(view).sub(toward).multiplyScalar(share).add(toward);
    target.copy(eye).addScaledVector(axesOf(view).back, -distance);
  }
  return { ...view, distance, target: triple(target) };
}

/** Moved by metres along the picture's right, the world's up and where one looks. */
export function flown(view: View, { x, y, z }: { x: number; y: number; z: number }): View {
  const { right, back } = axesOf(view);
  const target = vector(view.target)
    .addScaledVector(right, x)
    .addScaledVector(new Vector3(0, 1, 0), y)
    .addScaledVector(back, -z);
  return { ...view, target: triple(target) };
}

/** So that a box fills the picture; what has no size is looked at from near. Nothing changes for nothing. */
export function framed(view: View, box: Box3, { width, height }: PictureSize): View {
  if (box.isEmpty()) return view;
  const sphere = box.getBoundingSphere(new Sphere());
  if (!isFinite(sphere.radius) || !sphere.center.toArray().every(isFinite)) return view;
  const radius = (sphere.radius || POINT_RADIUS) * MARGIN;
  const aspect = width > 0 && height > 0 ? width / height : 1;
  const half = FIELD_OF_VIEW / 2;
  const narrower = aspect < 1 ? Math.atan(Math.tan(half) * aspect) : half;
  const away = view.projection === "perspective" ? Math.sin(narrower) : Math.tan(narrower);
  const distance = within(radius / away, NEAREST, FARTHEST);
  return { ...view, target: triple(sphere.center), distance, through: null };
}

/** The six views along an axis, by what one looks at. */
export type Side = "front" | "back" | "right" | "left" | "top" | "bottom";

const SIDES: Readonly<Record<Side, { yaw: number; pitch: number }>> = {
  front: { yaw: 0, pitch: 0 },
  back: { yaw: Math.PI, pitch: 0 },
  right: { yaw: Math.PI / 2, pitch: 0 },
  left: { yaw: -Math.PI / 2, pitch: 0 },
  top: { yaw: 0, pitch: UPRIGHT },
  bottom: { yaw: 0, pitch: -UPRIGHT },
};

/** Along an axis at the same target, without perspective: what is in line then stands in line. */
export function alongAxis(view: View, side: Side): View {
  return { ...view, ...SIDES[side], projection: "orthographic", through: null };
}

/** Which side is looked at exactly, if any. */
export function sideOf({ yaw, pitch, through }: View): Side | undefined {
  if (through !== null) return undefined;
  const sides = Object.keys(SIDES) as Side[];
  return sides.find((side) => {
    const at = SIDES[side];
    return Math.abs(at.pitch - pitch) < 1e-6 && Math.abs(wrapped(at.yaw - yaw)) < 1e-6;
  });
}

/** The view that an eye at a pose has, turned upright: for leaving a camera that one looked through. */
export function viewFrom(pose: Matrix4, distance: number, projection: View["projection"]): View {
  const [eye, turn] = [new Vector3(), new Quaternion()];
  pose.decompose(eye, turn, new Vector3());
  const back = new Vector3(0, 0, 1).applyQuaternion(turn);
  const pitch = Math.asin(within(back.y, -1, 1));
  // Straight up or down, where the picture's up says which way one is turned.
  const flat = Math.hypot(back.x, back.z) < 1e-6;
  const up = new Vector3(0, 1, 0).applyQuaternion(turn).multiplyScalar(-Math.sign(back.y));
  const yaw = flat ? Math.atan2(up.x, up.z) : Math.atan2(back.x, back.z);
  const target = eye.addScaledVector(back, -distance);
  return { target: triple(target), yaw, pitch, distance, projection, through: null };
}

/** A view between two, for going there smoothly: 0 is the first, 1 the second. The shorter way round. */
export function between(from: View, to: View, share: number): View {
  const mixed = (a: number, b: number) => a + (b - a) * share;
  return {
    ...to,
    target: [0, 1, 2].map((at) => mixed(from.target[at] ?? 0, to.target[at] ?? 0)) as unknown as Triple,
    yaw: from.yaw + wrapped(to.yaw - from.yaw) * share,
    pitch: mixed(from.pitch, to.pitch),
    // By equal factors: half-way between 1 m and 100 m are 10 m.
    distance: from.distance * (to.distance / from.distance) ** share,
  };
}

/** A view that was kept; undefined where it is none. */
export function readView(kept: unknown): View | undefined {
  if (typeof kept !== "object" || kept === null) return undefined;
  const { target, yaw, pitch, distance, projection, through } = kept as Partial<Record<keyof View, unknown>>;
  const isNumber = (value: unknown): value is number => typeof value === "number" && isFinite(value);
  if (!Array.isArray(target) || target.length !== 3 || !target.every(isNumber)) return undefined;
  if (!isNumber(yaw) || !isNumber(pitch) || !isNumber(distance) || distance <= 0) return undefined;
  return {
    target: target as unknown as Triple,
    yaw,
    pitch: within(pitch, -UPRIGHT, UPRIGHT),
    distance: within(distance, NEAREST, FARTHEST),
    projection: projection === "orthographic" ? "orthographic" : "perspective",
    through: typeof through === "string" ? through : null,
  };
}

export function vector([x, y, z]: Triple): Vector3 {
  return new Vector3(x, y, z);
}

export function triple({ x, y, z }: Vector3): Triple {
  return [x, y, z];
}

function turned({ yaw, pitch }: View, byYaw: number, byPitch: number): Pick<View, "yaw" | "pitch"> {
  return { yaw: wrapped(yaw + byYaw), pitch: within(pitch + byPitch, -UPRIGHT, UPRIGHT) };
}

/** The same angle from -π to π. */
function wrapped(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}

function within(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
