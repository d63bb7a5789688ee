/** Lining entities up: how far each of them goes in the world. */
import { Vector3 } from "three";

import type { Axis, Frame } from "../../../viewport/gizmo/handles";
import { originOf, placed } from "../../../viewport/gizmo/placing";
import type { Placed, Subject } from "../../../viewport/gizmo/placing";

const WORLD: Frame = {
  origin: new Vector3(),
  axes: [new Vector3(1, 0, 0), new Vector3(0, 1, 0), new Vector3(0, 0, 1)],
};

/** Each moved by its own way. */
export function movedBy(subjects: readonly Subject[], wayOf: (subject: Subject) => Vector3): Placed[] {
  return subjects.flatMap((subject) => {
    const by = wayOf(subject);
    if (by.lengthSq() === 0) return [];
    return placed([subject], { kind: "translate", by }, WORLD, {
      space: "world",
      pivot: "active",
      isFree: false,
    });
  });
}

/** Where the last of them is along an axis, the others come to be. */
export function aligned(subjects: readonly Subject[], axis: Axis): Placed[] {
  const last = subjects.at(-1);
  if (!last) return [];
  const line = originOf(last).getComponent(axis);
  return movedBy(subjects, (subject) =>
    new Vector3().setComponent(axis, line - originOf(subject).getComponent(axis)),
  );
}

/** Evenly spaced along an axis, between the first and the last on it. */
export function distributed(subjects: readonly Subject[], axis: Axis): Placed[] {
  const along = (subject: Subject) => originOf(subject).getComponent(axis);
  const sorted = [...subjects].sort((a, b) => along(a) - along(b));
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (!first || !last || sorted.length < 3) return [];
  const gap = (along(last) - along(first)) / (sorted.length - 1);
  return movedBy(subjects, (subject) =>
    new Vector3().setComponent(axis, along(first) + gap * sorted.indexOf(subject) - along(subject)),
  );
}
