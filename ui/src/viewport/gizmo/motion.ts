/** What a drag of a handle does, in the axes of the gizmo. */
import { Matrix3, Matrix4, Plane, Quaternion, Ray, Vector3 } from "three";

import type { Picture } from "../camera/picture";
import type { At } from "../camera/view";
import { AXES, LENGTH, anyAcross, others } from "./handles";
import type { Axis, Constraint, Frame, Tool } from "./handles";

/** In a frame's axes: metres, a unit axis with an angle in radians, or factors. */
export type Motion =
  | { readonly kind: "translate"; readonly by: Vector3 }
  | { readonly kind: "rotate"; readonly axis: Vector3; readonly angle: number }
  | { readonly kind: "scale"; readonly by: Vector3 };

/** The steps that a drag snaps to; zero does not snap. Metres, radians, factors. */
export interface Steps {
  readonly move: number;
  readonly turn: number;
  readonly scale: number;
}

export const NO_STEPS: Steps = { move: 0, turn: 0, scale: 0 };

export interface Drag {
  readonly tool: Tool;
  readonly constraint: Constraint;
  readonly frame: Frame;
  readonly picture: Picture;
  readonly from: At;
  readonly to: At;
  readonly steps: Steps;
  /** Whether moving snaps to where the world's grid is, instead of in steps from where it began. */
  readonly toGrid: boolean;
  /** The angle before, so that one can turn around more than once. */
  readonly angle: number;
}

/** From where the pointer went down to where it is. */
export function motionOf(drag: Drag): Motion {
  switch (drag.tool) {
    case "translate":
      return { kind: "translate", by: translated(drag) };
    case "rotate":
      return rotated(drag);
    case "scale":
      return { kind: "scale", by: scaled(drag) };
  }
}

/** By amounts that somebody gives, one for each free axis: metres, radians, factors. A single factor is for all of them. */
export function motionBy(
  { tool, constraint, frame, picture }: Pick<Drag, "tool" | "constraint" | "frame" | "picture">,
  amounts: readonly number[],
): Motion {
  const rest = tool === "scale" ? 1 : 0;
  const given = (at: number) => {
    const amount = amounts[at] ?? rest;
    return isFinite(amount) ? amount : rest;
  };
  if (tool === "rotate") return { kind: tool, axis: axisOf(constraint, frame, picture), angle: given(0) };
  const by = new Vector3(rest, rest, rest);
  const isEven = tool === "scale" && amounts.length === 1;
  freeAxes(constraint).forEach((axis, at) => by.setComponent(axis, given(isEven ? 0 : at)));
  return { kind: tool, by };
}

/** Whether it does nothing. */
export function isStill(motion: Motion): boolean {
  if (motion.kind === "rotate") return motion.angle === 0;
  const rest = motion.kind === "scale" ? 1 : 0;
  return motion.by.x === rest && motion.by.y === rest && motion.by.z === rest;
}

/** What a motion does to the world about a point, with the axes that it is in. */
export function matrixOf(motion: Motion, { origin, axes }: Frame): Matrix4 {
  const inWorld = (part: Vector3) => part.clone().applyMatrix3(basis(axes));
  switch (motion.kind) {
    case "translate":
      return new Matrix4().setPosition(inWorld(motion.by));
    case "rotate": {
      const turn = new Quaternion().setFromAxisAngle(inWorld(motion.axis), motion.angle);
      return about(origin, new Matrix4().makeRotationFromQuaternion(turn));
    }
    case "scale": {
      const turn = new Matrix4().makeBasis(...axes);
      const stretch = new Matrix4().makeScale(motion.by.x, motion.by.y, motion.by.z);
      return about(origin, turn.clone().multiply(stretch).multiply(turn.clone().transpose()));
    }
  }
}

/** A way of the world, in a frame's axes. */
export function inFrame({ axes }: Frame, way: Vector3): Vector3 {
  return way.clone().applyMatrix3(basis(axes).transpose());
}

/** The axes in which a constraint lets things go. */
export function freeAxes(constraint: Constraint): Axis[] {
  if (constraint.kind === "axis") return [constraint.axis];
  return constraint.kind === "plane" ? others(constraint.across).sort() : [...AXES];
}

function translated({ constraint, frame, picture, from, to, steps, toGrid }: Drag): Vector3 {
  const { origin, axes } = frame;
  const by = new Vector3();
  if (constraint.kind === "axis") {
    const along = axes[constraint.axis];
    const travel = alongLine(origin, along, picture.ray(to)) - alongLine(origin, along, picture.ray(from));
    by.setComponent(constraint.axis, travel);
  } else {
    const across = constraint.kind === "plane" ? axes[constraint.across] : picture.towardEye(origin);
    const plane = new Plane().setFromNormalAndCoplanarPoint(across, origin);
    const [a, b] = [onPlane(plane, picture.ray(from)), onPlane(plane, picture.ray(to))];
    if (a && b) by.copy(b.sub(a)).applyMatrix3(basis(axes).transpose());
    if (constraint.kind === "plane") by.setComponent(constraint.across, 0);
  }
  const start = toGrid ? origin.clone().applyMatrix3(basis(axes).transpose()) : new Vector3();
  for (const axis of freeAxes(constraint)) {
    const at = start.getComponent(axis);
    by.setComponent(axis, snapped(at + by.getComponent(axis), steps.move) - at);
  }
  return by;
}

function rotated({ constraint, frame, picture, from, to, steps, angle: before }: Drag): Motion {
  const { origin } = frame;
  const axis = axisOf(constraint, frame, picture);
  const inWorld = axis.clone().applyMatrix3(basis(frame.axes));
  const facing = inWorld.dot(picture.towardEye(origin));
  const middle = picture.at(origin);
  let angle = 0;
  if (Math.abs(facing) > 0.2 && middle) {
    // As the hand goes around the middle, however the ring is seen.
    const plane = new Plane().setFromNormalAndCoplanarPoint(inWorld, origin);
    const [a, b] = [onPlane(plane, picture.ray(from)), onPlane(plane, picture.ray(to))];
    if (a && b) {
      const [u, v] = [a.sub(origin), b.sub(origin)];
      angle = Math.atan2(u.clone().cross(v).dot(inWorld), u.dot(v));
    }
  } else {
    // A ring that is seen from its edge is rolled.
    const roll = picture.at(origin.clone().addScaledVector(rollDirection(inWorld, picture, origin), 1));
    if (roll && middle) {
      const [dx, dy] = [roll.x - middle.x, roll.y - middle.y];
      const length = Math.hypot(dx, dy) || 1;
      angle = ((to.x - from.x) * dx + (to.y - from.y) * dy) / length / LENGTH;
      return { kind: "rotate", axis, angle: snapped(angle, steps.turn) };
    }
  }
  const whole = angle + 2 * Math.PI * Math.round((before - angle) / (2 * Math.PI));
  return { kind: "rotate", axis, angle: snapped(whole, steps.turn) };
}

function scaled({ constraint, frame, picture, from, to, steps }: Drag): Vector3 {
  const { origin, axes } = frame;
  const by = new Vector3(1, 1, 1);
  const length = LENGTH * picture.metresPerPixel(origin);
  let factor = 1 + (to.x - from.x - (to.y - from.y)) / (1.5 * LENGTH);
  if (constraint.kind === "axis") {
    const along = axes[constraint.axis];
    const travel = alongLine(origin, along, picture.ray(to)) - alongLine(origin, along, picture.ray(from));
    factor = 1 + travel / length;
  }
  factor = snapped(factor, steps.scale);
  for (const axis of freeAxes(constraint)) by.setComponent(axis, factor);
  return by;
}

/** What is turned about, in the frame's axes: of a plane, what stands across it. */
function axisOf(constraint: Constraint, frame: Frame, picture: Picture): Vector3 {
  const axis =
    constraint.kind === "axis"
      ? constraint.axis
      : constraint.kind === "plane"
        ? constraint.across
        : undefined;
  if (axis !== undefined) return new Vector3().setComponent(axis, 1);
  return picture.towardEye(frame.origin).applyMatrix3(basis(frame.axes).transpose()).normalize();
}

/** Which way the front of something goes in the picture that turns about an axis. */
function rollDirection(axis: Vector3, picture: Picture, origin: Vector3): Vector3 {
  const roll = axis.clone().cross(picture.towardEye(origin));
  return roll.lengthSq() < 1e-9 ? anyAcross(axis) : roll.normalize();
}

/** How far along a line the point is that is nearest to a ray. */
function alongLine(origin: Vector3, direction: Vector3, ray: Ray): number {
  const between = ray.origin.clone().sub(origin);
  const across = direction.dot(ray.direction);
  const slant = 1 - across * across;
  if (slant < 1e-4) return 0;
  return (between.dot(direction) - across * between.dot(ray.direction)) / slant;
}

function onPlane(plane: Plane, ray: Ray): Vector3 | undefined {
  return ray.intersectPlane(plane, new Vector3()) ?? undefined;
}

function about(origin: Vector3, linear: Matrix4): Matrix4 {
  const moved = origin.clone().sub(origin.clone().applyMatrix4(linear));
  return linear.setPosition(moved);
}

function basis([x, y, z]: Frame["axes"]): Matrix3 {
  return new Matrix3().set(x.x, y.x, z.x, x.y, y.y, z.y, x.z, y.z, z.z);
}

function snapped(value: number, step: number): number {
  if (step <= 0) return value;
  // Adding 0 turns -0 into 0; rounding takes what multiplying added.
  return Number((Math.round(value / step) * step).toPrecision(12)) + 0;
}
