import { Box3, Matrix4, Vector3 } from "three";
import { expect, it } from "vitest";

import { START, readView } from "../../../viewport/camera/view";
import {
  EDGES,
  MOST_GHOSTS,
  cornersOf,
  eyeShown,
  eyeSign,
  ghostCorners,
  ghostsIn,
  ghostsShown,
} from "./together";

const cube = new Box3(new Vector3(-1, -1, -1), new Vector3(1, 1, 1));

it("reads what it shows, as finely as it is seen", () => {
  const view = { ...START, target: [1 / 3, 0, -2] as const, yaw: Math.PI };
  expect(readView(eyeShown(view)["eye"])).toEqual({
    ...view,
    target: [0.3333, 0, -2],
    yaw: 3.1416,
    pitch: expect.closeTo(view.pitch, 3) as number,
  });
  const matrix = new Matrix4().makeTranslation(1, 2, 3);
  const [ghost] = ghostsIn(ghostsShown([{ id: "orb", matrix }])["ghosts"]);
  expect(ghost?.id).toBe("orb");
  expect(ghost?.matrix.elements).toEqual(matrix.elements);
});

it("fits beside a selection into what is sent at once", () => {
  const matrix = new Matrix4().makeRotationX(1).setPosition(-12345.6789, -12345.6789, -12345.6789);
  const ghosts = Array.from({ length: 5000 }, (_, at) => ({ id: `01M8H7DMRN6T8Q9W2E3R4T5Y${at}`, matrix }));
  expect(JSON.stringify({ ...eyeShown(START), ...ghostsShown(ghosts) }).length).toBeLessThan(10 * 1024);
});

it.each([
  [undefined],
  ["all"],
  [{ length: 2 }],
  [[null, 7, { id: 7 }, { id: "a", matrix: [1, 2] }, { id: "a", matrix: Array(16).fill(null) }]],
])("passes over %j", (ghosts) => {
  expect(ghostsIn(ghosts)).toEqual([]);
  expect(readView(ghosts)).toBeUndefined();
});

it("takes of too much the beginning", () => {
  const ghost = { id: "a", matrix: new Matrix4().elements };
  expect(ghostsIn(Array(9999).fill(ghost))).toHaveLength(MOST_GHOSTS);
});

it("draws a box by its twelve edges, each between neighbours", () => {
  expect(EDGES).toHaveLength(12);
  const corners = cornersOf(cube);
  for (const [a, b] of EDGES) expect(corners[a]!.distanceTo(corners[b]!)).toBeCloseTo(2);
});

it("puts what is dragged where it would stand, turned and moved with it", () => {
  const now = new Matrix4().makeTranslation(5, 0, 0);
  const there = new Matrix4().makeTranslation(0, 3, 0).multiply(new Matrix4().makeRotationZ(Math.PI / 2));
  const box = cube.clone().translate(new Vector3(5, 0, 0));
  const moved = new Box3().setFromPoints(ghostCorners(box, now, there));
  expect(moved.min.toArray().map(Math.round)).toEqual([-1, 2, -1]);
  expect(moved.max.toArray().map(Math.round)).toEqual([1, 4, 1]);
  expect(ghostCorners(new Box3(), now, there)).toEqual([]);
  expect(ghostCorners(box, new Matrix4().makeScale(0, 1, 1), there)).toEqual([]);
});

it("stands for somebody's camera, which looks at its target", () => {
  const { eye, corners } = eyeSign(START);
  const middle = new Box3().setFromPoints([...corners]).getCenter(new Vector3());
  const ahead = middle.sub(eye).normalize();
  expect(ahead.dot(eye.clone().negate().normalize())).toBeCloseTo(1);
});
