/** The handles of a gizmo: what they let one do, where they are in the picture, and which of them is under the pointer. */
import { Vector3 } from "three";

import type { Picture } from "../camera/picture";
import type { At } from "../camera/view";

export type Tool = "translate" | "rotate" | "scale";
export type Axis = 0 | 1 | 2;
export const AXES: readonly Axis[] = [0, 1, 2];

/**
 * What a drag is held to. `free` moves in the plane of the picture, turns about the line to the eye, and scales all axes
 * alike.
 */
export type Constraint =
  | { readonly kind: "axis"; readonly axis: Axis }
  /** All but the axis across it. */
  | { readonly kind: "plane"; readonly across: Axis }
  | { readonly kind: "free" };

/** Where a gizmo stands and how it is turned: three unit vectors at right angles. */
export interface Frame {
  readonly origin: Vector3;
  readonly axes: readonly [Vector3, Vector3, Vector3];
}

export const FREE: Constraint = { kind: "free" };

/** Sizes in pixels: a gizmo is as large wherever it stands. */
export const LENGTH = 84;
export const RING = 78;
export const OUTER_RING = 96;
const PLANE_NEAR = 22;
const PLANE_FAR = 42;
const MIDDLE = 13;
/** How far from a handle the pointer may be: targets are 24 px wide. */
const REACH = 12;
/** An axis that points at the eye has no length in the picture, a plane seen from its edge no width. */
const FORESHORTENED = 0.97;
const EDGE_ON = 0.18;
const RING_STEPS = 48;

/** A handle as it is seen. */
export interface Outline {
  readonly constraint: Constraint;
  readonly kind: "line" | "ring" | "area" | "middle";
  readonly points: readonly Vector3[];
}

/** What can be taken hold of from here, in the world. */
export function outlines(tool: Tool, frame: Frame, picture: Picture): Outline[] {
  const scale = picture.metresPerPixel(frame.origin);
  return tool === "rotate" ? rings(frame, picture, scale) : arrows(frame, picture, scale);
}

/** The handle under the pointer; where several are, the nearest, and what is in the middle first. */
export function handleAt(tool: Tool, frame: Frame, picture: Picture, at: At): Constraint | undefined {
  let best: { constraint: Constraint; distance: number } | undefined;
  for (const { constraint, kind, points } of outlines(tool, frame, picture)) {
    const seen = points.map((point) => picture.at(point));
    if (!seen.every((point) => point !== undefined)) continue;
    const distance =
      kind === "middle"
        ? distanceTo(seen[0], at) - MIDDLE
        : kind === "area"
          ? toArea(seen, at)
          : toLine(seen, at);
    const within = kind === "middle" || kind === "area" ? 0 : REACH;
    if (distance > within) continue;
    if (!best || distance < best.distance) best = { constraint, distance };
  }
  return best?.constraint;
}

function arrows(frame: Frame, picture: Picture, scale: number): Outline[] {
  const { origin, axes } = frame;
  const toEye = picture.towardEye(origin);
  const found: Outline[] = [{ constraint: FREE, kind: "middle", points: [origin] }];
  for (const axis of AXES) {
    const facing = Math.abs(axes[axis].dot(toEye));
    if (facing < FORESHORTENED) {
      const along = (pixels: number) => origin.clone().addScaledVector(axes[axis], pixels * scale);
      found.push({
        constraint: { kind: "axis", axis },
        kind: "line",
        points: [along(MIDDLE + 4), along(LENGTH)],
      });
    }
    if (facing > EDGE_ON) {
      const [u, v] = others(axis);
      const corner = (a: number, b: number) =>
        origin
          .clone()
          .addScaledVector(axes[u], a * scale)
          .addScaledVector(axes[v], b * scale);
      found.push({
        constraint: { kind: "plane", across: axis },
        kind: "area",
        points: [
          corner(PLANE_NEAR, PLANE_NEAR),
          corner(PLANE_FAR, PLANE_NEAR),
          corner(PLANE_FAR, PLANE_FAR),
          corner(PLANE_NEAR, PLANE_FAR),
        ],
      });
    }
  }
  return found;
}

/** Of each ring the half that is turned to the eye, and the whole of the one around them. */
function rings({ origin, axes }: Frame, picture: Picture, scale: number): Outline[] {
  const toEye = picture.towardEye(origin);
  const found: Outline[] = AXES.map((axis) => {
    const [u, v] = others(axis);
    const points = circle(origin, axes[u], axes[v], RING * scale);
    const seesWhole = Math.abs(axes[axis].dot(toEye)) > FORESHORTENED;
    return {
      constraint: { kind: "axis", axis },
      kind: "ring",
      points: seesWhole ? points : frontHalf(points, origin, toEye),
    };
  });
  const across = anyAcross(toEye);
  const points = circle(origin, across, toEye.clone().cross(across), OUTER_RING * scale);
  return [...found, { constraint: FREE, kind: "ring", points }];
}

function circle(origin: Vector3, u: Vector3, v: Vector3, radius: number): Vector3[] {
  return Array.from({ length: RING_STEPS + 1 }, (_, step) => {
    const angle = (step / RING_STEPS) * 2 * Math.PI;
    return origin
      .clone()
      .addScaledVector(u, Math.cos(angle) * radius)
      .addScaledVector(v, Math.sin(angle) * radius);
  });
}

/** The points in a row that begins where the circle comes to the front. */
function frontHalf(points: readonly Vector3[], origin: Vector3, toEye: Vector3): Vector3[] {
  const ring = points.slice(0, -1);
  const isFront = (at: number) =>
    (ring[(at + ring.length) % ring.length]?.clone().sub(origin).dot(toEye) ?? 0) >= -1e-12;
  const first = Math.max(
    ring.findIndex((_, at) => isFront(at) && !isFront(at - 1)),
    0,
  );
  const turned = [...ring.slice(first), ...ring.slice(0, first)];
  const end = turned.findIndex((_, at) => !isFront(first + at));
  return end < 0 ? turned : turned.slice(0, end);
}

/** The two axes that span the plane across one. */
export function others(axis: Axis): [Axis, Axis] {
  return axis === 0 ? [1, 2] : axis === 1 ? [2, 0] : [0, 1];
}

/** A unit vector at right angles to another. */
export function anyAcross(direction: Vector3): Vector3 {
  const other = Math.abs(direction.y) < 0.9 ? new Vector3(0, 1, 0) : new Vector3(1, 0, 0);
  return other.cross(direction).normalize();
}

function distanceTo(point: At | undefined, { x, y }: At): number {
  return point ? Math.hypot(point.x - x, point.y - y) : Infinity;
}

function toLine(points: readonly At[], at: At): number {
  let nearest = Infinity;
  for (let index = 1; index < points.length; index += 1) {
    const [a, b] = [points[index - 1], points[index]];
    if (a && b) nearest = Math.min(nearest, toSegment(a, b, at));
  }
  return nearest;
}

function toSegment(a: At, b: At, at: At): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((at.x - a.x) * dx + (at.y - a.y) * dy) / length;
  const share = Math.min(Math.max(along, 0), 1);
  return Math.hypot(at.x - a.x - dx * share, at.y - a.y - dy * share);
}

/** Negative inside, by how far it is to the edge. */
function toArea(corners: readonly At[], at: At): number {
  const edge = toLine([...corners, ...corners.slice(0, 1)], at);
  let inside = false;
  corners.forEach((a, index) => {
    const b = corners[(index + 1) % corners.length];
    if (!b || a.y > at.y === b.y > at.y) return;
    if (at.x < ((b.x - a.x) * (at.y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  });
  return inside ? -edge : edge;
}
