import { Box3, Matrix4, Vector3 } from "three";
import { describe, expect, it } from "vitest";

import { Eye } from "./lens";
import { flownFor } from "./fly";
import { Picture } from "./picture";
import {
  START,
  alongAxis,
  axesOf,
  between,
  dollied,
  eyeOf,
  framed,
  lookedAround,
  orbited,
  panned,
  pointAt,
  poseOf,
  readView,
  sideOf,
  triple,
  turnedBy,
  viewFrom,
} from "./view";
import type { Side, View } from "./view";

const SIZE = { width: 800, height: 600 };
const VIEWS: View[] = [
  START,
  { ...START, target: [3, -2, 5], yaw: -2.5, pitch: -0.7, distance: 40 },
  { ...START, yaw: 3, pitch: Math.PI / 2, projection: "orthographic", distance: 0.2 },
];

/** Where a point of the world is in the picture. */
function seenAt(view: View, point: Vector3) {
  const seen = point.clone().project(new Eye().look(view, SIZE, 100));
  return { x: ((seen.x + 1) / 2) * SIZE.width, y: ((1 - seen.y) / 2) * SIZE.height, depth: seen.z };
}

function expectAt(view: View, point: Vector3, { x, y }: { x: number; y: number }) {
  const seen = seenAt(view, point);
  expect(seen.x).toBeCloseTo(x, 2);
  expect(seen.y).toBeCloseTo(y, 2);
}

describe.each(VIEWS)("a view of %#", (view) => {
  it("has its target in the middle, and says what is seen elsewhere", () => {
    expectAt(view, new Vector3(...view.target), { x: 400, y: 300 });
    for (const at of [
      { x: 10, y: 20 },
      { x: 790, y: 333 },
    ]) {
      expectAt(view, pointAt(view, at, SIZE), at);
    }
  });

  it("keeps what is under the pointer there while it comes nearer or goes away", () => {
    const at = { x: 123, y: 456 };
    const point = pointAt(view, at, SIZE);
    const behind = point.clone().addScaledVector(axesOf(view).back, -view.distance);
    for (const factor of [0.5, 0.9, 3]) {
      expectAt(dollied(view, factor, point), point, at);
      const before = seenAt(view, behind);
      expectAt(dollied(view, factor, behind), behind, before);
    }
  });

  it("takes what is at the target along while panning", () => {
    const point = pointAt(view, { x: 100, y: 100 }, SIZE);
    expectAt(panned(view, { x: 37, y: -11 }, SIZE), point, { x: 137, y: 89 });
  });

  it("turns about the target, upright, and not over the top", () => {
    const turned = orbited(view, { x: 50, y: 2000 }, SIZE);
    expect(turned.pitch).toBeCloseTo(Math.PI / 2);
    expect(eyeOf(turned).distanceTo(new Vector3(...view.target))).toBeCloseTo(view.distance, 6);
    expect(axesOf(orbited(view, { x: 70, y: -30 }, SIZE)).right.y).toBeCloseTo(0);
  });

  it("looks around from the same place", () => {
    const around = lookedAround(view, { x: 200, y: -100 }, SIZE);
    expect(eyeOf(around).distanceTo(eyeOf(view))).toBeCloseTo(0, 6);
    expect(around.yaw).not.toBeCloseTo(view.yaw);
  });

  it("is the same when it is made of its pose, and when it was kept", () => {
    const again = viewFrom(poseOf(view), view.distance, view.projection);
    expect(again.pitch).toBeCloseTo(view.pitch);
    expect(Math.cos(again.yaw - view.yaw)).toBeCloseTo(1);
    expect(new Vector3(...again.target).distanceTo(new Vector3(...view.target))).toBeCloseTo(0, 5);
    expect(readView(JSON.parse(JSON.stringify(view)))).toEqual(view);
  });
});

it.each([
  ["wide", { width: 900, height: 300 }],
  ["high", { width: 300, height: 900 }],
])("frames a box in a %s picture without losing a corner", (_, size) => {
  const box = new Box3(new Vector3(-3, 1, 4), new Vector3(5, 2, 6));
  for (const view of VIEWS) {
    const camera = new Eye().look(framed(view, box, size), size, 100);
    for (let corner = 0; corner < 8; corner += 1) {
      const { min, max } = box;
      const point = new Vector3(
        corner & 1 ? min.x : max.x,
        corner & 2 ? min.y : max.y,
        corner & 4 ? min.z : max.z,
      ).project(camera);
      expect(Math.max(Math.abs(point.x), Math.abs(point.y))).toBeLessThan(1);
    }
  }
});

it("goes near to a point, and nowhere for nothing or for what is nowhere", () => {
  const point = new Box3(new Vector3(7, 8, 9), new Vector3(7, 8, 9));
  expect(framed(START, point, SIZE)).toMatchObject({ target: [7, 8, 9] });
  expect(framed(START, point, SIZE).distance).toBeLessThan(3);
  expect(framed(START, new Box3(), SIZE)).toBe(START);
  expect(framed(START, new Box3(new Vector3(NaN), new Vector3(1, 1, 1)), SIZE)).toBe(START);
});

it.each([
  ["front", [0, 0, 1], [1, 0, 0]],
  ["back", [0, 0, -1], [-1, 0, 0]],
  ["right", [1, 0, 0], [0, 0, -1]],
  ["left", [-1, 0, 0], [0, 0, 1]],
  ["top", [0, 1, 0], [1, 0, 0]],
  ["bottom", [0, -1, 0], [1, 0, 0]],
] as const)("looks at the %s from there", (side: Side, from, right) => {
  const view = alongAxis(START, side);
  const axes = axesOf(view);
  triple(axes.back).forEach((part, at) => expect(part).toBeCloseTo(from[at] ?? 0));
  triple(axes.right).forEach((part, at) => expect(part).toBeCloseTo(right[at] ?? 0));
  expect(sideOf(view)).toBe(side);
  expect(sideOf(turnedBy(view, 0.1, 0.1))).toBeUndefined();
});

it("goes from one view to another the shorter way, by equal factors", () => {
  const [from, to] = [
    { ...START, yaw: 3, distance: 1 },
    { ...START, yaw: -3, distance: 100 },
  ];
  expect(between(from, to, 0.5).distance).toBeCloseTo(10);
  expect(Math.abs(between(from, to, 0.5).yaw)).toBeCloseTo(Math.PI);
  expect(between(from, to, 1)).toMatchObject({ distance: 100, target: [0, 0, 0] });
});

it("flies as fast in every direction, faster with shift, and never far at once", () => {
  const step = (keys: string[], fast = false, seconds = 0.05) =>
    eyeOf(flownFor(START, seconds, new Set(keys), { fast, pace: 1 })).distanceTo(eyeOf(START));
  expect(step(["KeyW", "KeyD"])).toBeCloseTo(step(["KeyA"]));
  expect(step(["KeyW"], true)).toBeCloseTo(4 * step(["KeyW"]));
  expect(step(["KeyW", "KeyS"])).toBe(0);
  expect(step(["KeyW"], false, 60)).toBeCloseTo(2 * step(["KeyW"]));
});

it("cuts what is seen in a rectangle out of the scene", () => {
  for (const view of VIEWS) {
    const picture = new Picture(new Eye().look(view, SIZE, 100), SIZE);
    const frustum = picture.frustum({ x: 300, y: 500 }, { x: 100, y: 200 });
    const holds = (at: { x: number; y: number }) => frustum.containsPoint(pointAt(view, at, SIZE));
    expect(holds({ x: 110, y: 210 })).toBe(true);
    expect(holds({ x: 290, y: 490 })).toBe(true);
    expect(holds({ x: 90, y: 300 })).toBe(false);
    expect(holds({ x: 200, y: 510 })).toBe(false);
  }
});

it("looks through a camera of the scene from its place, whatever its scale", () => {
  const pose = new Matrix4().makeScale(3, 3, 3).setPosition(1, 2, 3);
  const lens = { projection: "perspective", yfov: 1, ymag: 1, near: 0.1, far: 100 } as const;
  const camera = new Eye().lookThrough(pose, lens, SIZE);
  const point = new Vector3(1, 2, -7).project(camera);
  expect([point.x, point.y]).toEqual([0, 0]);
});

it.each([undefined, "far", {}, { ...START, target: [1, 2] }, { ...START, distance: NaN }])(
  "is no view: %o",
  (kept) => expect(readView(kept)).toBeUndefined(),
);
