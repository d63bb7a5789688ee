import { Matrix4, Quaternion, Vector3 } from "three";
import { describe, expect, it } from "vitest";

import { Eye } from "../camera/lens";
import { Picture } from "../camera/picture";
import { START, alongAxis } from "../camera/view";
import { AXES, FREE, LENGTH, RING, handleAt, outlines } from "./handles";
import type { Axis, Constraint, Frame, Tool } from "./handles";
import { NO_STEPS, isStill, matrixOf, motionBy, motionOf } from "./motion";
import type { Motion } from "./motion";
import { frameOf, originOf, placed } from "./placing";
import type { Pivot, Space, Subject } from "./placing";
import { NOTHING_TYPED, numbersOf, typedWith } from "./typed";

const SIZE = { width: 1000, height: 800 };
const picture = new Picture(new Eye().look({ ...START, distance: 30 }, SIZE, 100), SIZE);
const WORLD: Frame = {
  origin: new Vector3(1, 0.5, -1),
  axes: [new Vector3(1, 0, 0), new Vector3(0, 1, 0), new Vector3(0, 0, 1)],
};
const axis = (axis: Axis): Constraint => ({ kind: "axis", axis });

/** The same numbers for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const between = (next: () => number, least: number, most: number) => least + next() * (most - least);
const place = (next: () => number) =>
  new Vector3(between(next, -5, 5), between(next, -5, 5), between(next, -5, 5));
const turn = (next: () => number) =>
  new Quaternion(
    between(next, -1, 1),
    between(next, -1, 1),
    between(next, -1, 1),
    between(next, -1, 1),
  ).normalize();

function subject(next: () => number, { even = false, hasMatrix = false } = {}): Subject {
  const size = () => between(next, 0.3, 3) * (next() < 0.2 ? -1 : 1);
  const [rotation, scale] = [turn(next), new Vector3(size(), size(), size())];
  const stretch = between(next, 0.3, 3);
  const parentScale = even ? new Vector3(stretch, stretch, stretch) : new Vector3(size(), size(), size());
  return {
    id: String(next()),
    parent: new Matrix4().compose(place(next), turn(next), parentScale),
    local: new Matrix4().compose(place(next), rotation, scale),
    hasMatrix,
    rotation,
    scale,
  };
}

function closeTo(a: Matrix4 | Vector3, b: Matrix4 | Vector3, digits = 5) {
  const wanted = b.toArray();
  a.toArray().forEach((part, at) => expect(part).toBeCloseTo(wanted[at] ?? NaN, digits));
}

const worldOf = ({ parent }: Subject, local: Matrix4) => parent.clone().multiply(local);

describe("handles", () => {
  it.each(["translate", "scale"] as const)("are as long in the picture wherever one %ss", (tool) => {
    for (const origin of [WORLD.origin, new Vector3(-9, 3, 4)]) {
      const frame = { ...WORLD, origin };
      const up = outlines(tool, frame, picture).find(
        ({ constraint }) => constraint.kind === "axis" && constraint.axis === 1,
      );
      const [a, b] = [picture.at(origin)!, picture.at(up!.points[1]!)!];
      expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(LENGTH * 0.8);
      expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeLessThan(LENGTH * 1.05);
    }
  });

  it.each(["translate", "rotate", "scale"] as const)("of %s are found where they are seen", (tool) => {
    for (const { constraint, kind, points } of outlines(tool, WORLD, picture)) {
      const sum = points.reduce((sum, point) => sum.add(point), new Vector3());
      const on = kind === "ring" ? points[Math.floor(points.length / 3)]! : sum.divideScalar(points.length);
      expect(handleAt(tool, WORLD, picture, picture.at(on)!)).toEqual(constraint);
    }
    expect(handleAt(tool, WORLD, picture, { x: 3, y: 3 })).toBeUndefined();
  });

  it("that have no length or no width from here are not there", () => {
    const front = new Picture(new Eye().look(alongAxis(START, "front"), SIZE, 100), SIZE);
    const found = outlines("translate", WORLD, front).map(({ constraint }) => constraint);
    expect(found).toContainEqual(axis(0));
    expect(found).not.toContainEqual(axis(2));
    expect(found).toContainEqual({ kind: "plane", across: 2 });
    expect(found).not.toContainEqual({ kind: "plane", across: 0 });
  });
});

describe("a drag", () => {
  const drag = (tool: Tool, constraint: Constraint, from: Vector3, to: Vector3, more = {}) =>
    motionOf({
      tool,
      constraint,
      frame: WORLD,
      picture,
      from: picture.at(from)!,
      to: picture.at(to)!,
      steps: NO_STEPS,
      toGrid: false,
      angle: 0,
      ...more,
    });
  const near = (motion: Motion) => (motion.kind === "rotate" ? motion.axis : motion.by);

  it.each(AXES)("along axis %d goes as far as the pointer does on it", (at) => {
    const way = new Vector3().setComponent(at, 3);
    const from = WORLD.origin.clone().add(new Vector3().setComponent(at, 0.7));
    closeTo(near(drag("translate", axis(at), from, from.clone().add(way))), way);
  });

  it.each(AXES)("in the plane across axis %d stays in it", (across) => {
    const way = new Vector3(1, 2, -1.5).setComponent(across, 0);
    const motion = drag("translate", { kind: "plane", across }, WORLD.origin, WORLD.origin.clone().add(way));
    closeTo(near(motion), way);
  });

  it("without a constraint follows the pointer", () => {
    const to = { x: 700, y: 120 };
    const by = near(motionOf({ ...base("translate", FREE), from: picture.at(WORLD.origin)!, to }));
    const seen = picture.at(WORLD.origin.clone().add(by))!;
    expect(seen.x).toBeCloseTo(700);
    expect(seen.y).toBeCloseTo(120);
  });

  it("snaps to steps from where it began, or to the grid", () => {
    const [from, to] = [WORLD.origin, WORLD.origin.clone().add(new Vector3(2.3, 0, 0))];
    const steps = { ...NO_STEPS, move: 0.5 };
    expect(near(drag("translate", axis(0), from, to, { steps })).x).toBe(2.5);
    const slanted = { ...WORLD, origin: new Vector3(1.2, 0.5, -1) };
    const toGrid = drag("translate", axis(0), from, to, { steps, toGrid: true, frame: slanted });
    expect(near(toGrid).x + 1.2).toBeCloseTo(3.5);
    expect(near(toGrid).y).toBe(0);
  });

  it.each(AXES)("around axis %d turns as the hand does, more than once too", (at) => {
    const about = new Vector3().setComponent(at, 1);
    const start = WORLD.origin.clone().add(new Vector3(0.9, 0.8, 0.7).setComponent(at, 0));
    const turnedBy = (angle: number) =>
      start.clone().sub(WORLD.origin).applyAxisAngle(about, angle).add(WORLD.origin);
    let angle = 0;
    for (let step = 1; step <= 20; step += 1) {
      const motion = drag("rotate", axis(at), start, turnedBy(step * 0.5), { angle });
      angle = motion.kind === "rotate" ? motion.angle : NaN;
      expect(angle).toBeCloseTo(step * 0.5, 4);
    }
  });

  it("rolls a ring that is seen from its edge", () => {
    const front = new Picture(new Eye().look(alongAxis(START, "front"), SIZE, 100), SIZE);
    const motion = motionOf({
      ...base("rotate", axis(1)),
      picture: front,
      from: { x: 500, y: 400 },
      to: { x: 500 + LENGTH, y: 400 },
    });
    expect(motion).toMatchObject({ kind: "rotate" });
    expect(motion.kind === "rotate" && motion.angle).toBeCloseTo(1);
  });

  it.each(AXES)("of a scaling handle to twice its length doubles axis %d", (at) => {
    const way = new Vector3().setComponent(at, LENGTH * picture.metresPerPixel(WORLD.origin));
    const tip = WORLD.origin.clone().add(way);
    const by = near(drag("scale", axis(at), tip, tip.clone().add(way)));
    closeTo(by, new Vector3(1, 1, 1).setComponent(at, 2));
  });

  it("that goes nowhere does nothing", () => {
    for (const tool of ["translate", "rotate", "scale"] as const) {
      for (const constraint of [axis(0), FREE, { kind: "plane", across: 2 } as const]) {
        const at = WORLD.origin.clone().add(new Vector3(RING, 0, 0).multiplyScalar(0.01));
        expect(isStill(drag(tool, constraint, at, at))).toBe(true);
      }
    }
  });

  function base(tool: Tool, constraint: Constraint) {
    const nowhere = { x: 0, y: 0 };
    return {
      tool,
      constraint,
      frame: WORLD,
      picture,
      from: nowhere,
      to: nowhere,
      steps: NO_STEPS,
      toGrid: false,
      angle: 0,
    };
  }
});

describe("numbers", () => {
  const typed = (keys: string) =>
    numbersOf(keys.split(" ").reduce((typed, key) => typedWith(typed, key, 3) ?? typed, NOTHING_TYPED));

  it.each([
    ["2 . 5", [2.5]],
    ["- 1 Tab 3", [-1, 3]],
    ["1 2 Backspace -", [-1]],
    [". 5", [0.5]],
    ["- . 5", [-0.5]],
    ["1 , 5 . 2", [1.52]],
    ["Tab 4", [4]],
    ["-", [NaN]],
    ["4 Tab Tab 6", [4, NaN, 6]],
  ])("are typed: %s", (keys, numbers) => expect(typed(keys)).toEqual(numbers));

  it("leave other keys alone", () => {
    expect(typedWith(NOTHING_TYPED, "x", 3)).toBeUndefined();
    expect(typedWith(NOTHING_TYPED, "Tab", 3)).toBeUndefined();
    expect(typedWith(NOTHING_TYPED, "Backspace", 3)).toBeUndefined();
  });

  it("go to the free axes in order; one factor goes to all", () => {
    const by = (tool: Tool, constraint: Constraint, numbers: number[]) => {
      const motion = motionBy({ tool, constraint, frame: WORLD, picture }, numbers);
      return motion.kind === "rotate" ? motion.angle : motion.by.toArray();
    };
    expect(by("translate", axis(1), [3])).toEqual([0, 3, 0]);
    expect(by("translate", { kind: "plane", across: 1 }, [3, 4])).toEqual([3, 0, 4]);
    expect(by("translate", FREE, [NaN, 4])).toEqual([0, 4, 0]);
    expect(by("scale", FREE, [2])).toEqual([2, 2, 2]);
    expect(by("scale", { kind: "plane", across: 0 }, [2])).toEqual([1, 2, 2]);
    expect(by("scale", FREE, [2, 3])).toEqual([2, 3, 1]);
    expect(by("rotate", axis(2), [1])).toBe(1);
  });
});

describe("what is moved", () => {
  const SPACES: Space[] = ["world", "local", "parent"];
  const PIVOTS: Pivot[] = ["active", "median", "each"];
  const seeds = Array.from({ length: 40 }, (_, seed) => seed + 1);
  const motions = (next: () => number): Motion[] => [
    { kind: "translate", by: place(next) },
    { kind: "rotate", axis: place(next).normalize(), angle: between(next, -3, 3) },
    { kind: "scale", by: new Vector3(between(next, 0.2, 2), between(next, -2, 2), 1) },
  ];

  it.each(seeds)("is where the motion brings it in the world, matrices exactly (%d)", (seed) => {
    const next = random(seed);
    const subjects = [0, 1, 2].map(() => subject(next, { hasMatrix: true }));
    const pivot = PIVOTS[seed % 2]!;
    for (const space of SPACES) {
      const frame = frameOf(subjects, space, pivot)!;
      for (const motion of motions(next)) {
        const result = placed(subjects, motion, frame, { space, pivot, isFree: false });
        result.forEach(({ local, fields }, at) => {
          const before = subjects[at]!;
          closeTo(worldOf(before, local), matrixOf(motion, frame).multiply(worldOf(before, before.local)), 3);
          expect(Object.keys(fields)).toEqual(["matrix"]);
          closeTo(new Matrix4().fromArray(fields.matrix!), local);
        });
      }
    }
  });

  it.each(seeds)("is turned as in the world where its parents are not stretched (%d)", (seed) => {
    const next = random(seed);
    const subjects = [0, 1].map(() => subject(next, { even: true }));
    const pivot = PIVOTS[seed % 2]!;
    for (const space of SPACES) {
      const frame = frameOf(subjects, space, pivot)!;
      for (const motion of motions(next).slice(0, 2)) {
        placed(subjects, motion, frame, { space, pivot, isFree: false }).forEach(({ local }, at) => {
          const before = subjects[at]!;
          closeTo(worldOf(before, local), matrixOf(motion, frame).multiply(worldOf(before, before.local)), 3);
        });
      }
    }
  });

  it.each(seeds)("writes only what changes, and draws what it writes (%d)", (seed) => {
    const next = random(seed);
    const one = subject(next);
    const space = SPACES[seed % 3]!;
    const frame = frameOf([one], space, "active")!;
    for (const motion of motions(next)) {
      const [result] = placed([one], motion, frame, { space, pivot: "active", isFree: false });
      const { translation, rotation, scale } = result!.fields;
      const part = { translate: "translation", rotate: "rotation", scale: "scale" }[motion.kind];
      expect(Object.keys(result!.fields)).toEqual([part]);
      const drawn = new Matrix4().compose(
        translation ? new Vector3(...translation) : new Vector3().setFromMatrixPosition(one.local),
        rotation ? new Quaternion(...rotation) : one.rotation,
        scale ? new Vector3(...scale) : one.scale,
      );
      closeTo(drawn, result!.local);
    }
  });

  it.each(seeds)("turns and scales about its own origin where each has its own (%d)", (seed) => {
    const next = random(seed);
    const subjects = [subject(next), subject(next)];
    for (const space of SPACES) {
      const frame = frameOf(subjects, space, "each")!;
      for (const motion of motions(next).slice(1)) {
        placed(subjects, motion, frame, { space, pivot: "each", isFree: false }).forEach(({ local }, at) => {
          closeTo(originOf({ ...subjects[at]!, local }), originOf(subjects[at]!), 4);
        });
      }
    }
  });

  it("is scaled along its own axes by exactly what was asked for", () => {
    const one = subject(random(7));
    const motion: Motion = { kind: "scale", by: new Vector3(2, 1, 0.5) };
    const even = { ...one, parent: new Matrix4(), scale: new Vector3(1, 2, 4) };
    const local = new Matrix4().compose(new Vector3(), even.rotation, even.scale);
    const straight = { ...even, local };
    const frame = frameOf([straight], "local", "active")!;
    const [result] = placed([straight], motion, frame, { space: "local", pivot: "active", isFree: false });
    expect(result!.fields).toEqual({ scale: [2, 2, 2] });
  });

  it("stays under a parent that flattens space", () => {
    const flat = { ...subject(random(3)), parent: new Matrix4().makeScale(1, 0, 1) };
    const frame = frameOf([flat], "local", "active")!;
    const motion: Motion = { kind: "translate", by: new Vector3(1, 1, 1) };
    const [result] = placed([flat], motion, frame, { space: "local", pivot: "active", isFree: false });
    expect(result).toEqual({ id: flat.id, local: flat.local, fields: {} });
    expect(frame.axes.every((axis) => Math.abs(axis.length() - 1) < 1e-9)).toBe(true);
  });
});
