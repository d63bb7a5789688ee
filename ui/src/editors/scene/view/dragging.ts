/** Dragging what is selected, from taking hold of it to one event. */
import { Matrix4, Mesh, Quaternion, Raycaster, Vector3, type Object3D } from "three";

import { newId } from "../../../documents/document";
import type { Change } from "../../../ipc/types";
import type { At } from "../../../viewport/camera/view";
import type { Constraint, Tool } from "../../../viewport/gizmo/handles";
import { freeAxes, inFrame, isStill, motionBy, motionOf } from "../../../viewport/gizmo/motion";
import type { Motion } from "../../../viewport/gizmo/motion";
import { frameOf, placed } from "../../../viewport/gizmo/placing";
import type { Space, Subject } from "../../../viewport/gizmo/placing";
import { NOTHING_TYPED, isTyped, numbersOf, typedWith } from "../../../viewport/gizmo/typed";
import { vertexAt } from "../../../viewport/gizmo/vertices";
import { attemptEdit } from "../../../workspace/editing";
import { duplicateEntities } from "../entityChanges";
import { entityTree, subtrees, topmost } from "../entityTree";
import { unlessLocked } from "../locked";
import type { Dragging } from "./state";
import type { Viewer } from "./viewer";

/** How near a corner must be to be snapped to, in pixels. */
const CORNER_REACH = 24;
/** What an arrow key changes where the tools say no step: metres, degrees and factors. */
const SCALE_STEP = 0.1;
const DEGREE = Math.PI / 180;
const NOTHING: ReadonlyMap<string, never> = new Map<string, never>();

interface Held {
  /** Snaps where it would not, and the other way around. */
  readonly otherwise: boolean;
}

interface Begin {
  tool: Tool;
  constraint: Constraint;
  at: At;
  copies?: boolean;
  byKeys?: boolean;
}

export type Dragger = ReturnType<typeof dragging>;

export function dragging(viewer: Viewer) {
  const { store, document } = viewer;
  /** What the copies that are dragged are of, drawn where it stays. */
  let stays: Object3D[] = [];
  let held: Held = { otherwise: false };

  /** Takes hold of what is selected; locked things are left, and it is said. */
  function begin({ tool, constraint, at, copies = false, byKeys = false }: Begin): void {
    if (store.getState().drag) return;
    const { selection, tools } = store.getState();
    const tops = topmost(viewer.entities, selection);
    if (tops.length === 0) return;
    const start = () => {
      const subjects = subjectsOf(viewer, tops);
      const frame = frameOf(subjects, tools.space, tools.pivot);
      if (!frame) return;
      const motion = motionBy({ tool, constraint, frame, picture: viewer.picture() }, []);
      if (copies) leaveInPlace(tops);
      store.setState({
        drag: {
          tool,
          constraint,
          space: tools.space,
          subjects,
          frame,
          from: at,
          to: at,
          typed: NOTHING_TYPED,
          stepped: [],
          motion,
          placed: [],
          copies,
          byKeys,
        },
      });
    };
    if (copies) start();
    else unlessLocked(document, viewer.entities, tops, start);
  }

  function move(at: At, now: Held): void {
    const { drag } = store.getState();
    held = now;
    if (drag) show({ ...drag, to: at });
  }

  /** Whether a key meant something. */
  function key(event: Pick<KeyboardEvent, "key" | "shiftKey">): boolean {
    const { drag } = store.getState();
    if (!drag) return false;
    const name = event.key.toLowerCase();
    if (name === "escape") cancel();
    else if (name === "enter" || (drag.byKeys && name === " ")) void finish();
    else if (name === "x" || name === "y" || name === "z")
      hold("xyz".indexOf(name) as 0 | 1 | 2, event.shiftKey);
    else if (name.startsWith("arrow")) step(name.slice(5), event.shiftKey);
    else {
      const typed = typedWith(drag.typed, event.key, freeAxes(drag.constraint).length);
      if (!typed) return false;
      show({ ...drag, typed });
    }
    return true;
  }

  /** Held to an axis, or to the plane across it; again in the other space, and then free. */
  function hold(axis: 0 | 1 | 2, isPlane: boolean): void {
    const { drag, tools } = state();
    if (!drag) return;
    const wanted: Constraint = isPlane ? { kind: "plane", across: axis } : { kind: "axis", axis };
    const again = JSON.stringify(wanted) === JSON.stringify(drag.constraint);
    const other: Space = tools.space === "local" ? "world" : "local";
    const next: Pick<Dragging, "constraint" | "space"> = !again
      ? { constraint: wanted, space: tools.space }
      : drag.space === tools.space
        ? { constraint: wanted, space: other }
        : { constraint: { kind: "free" }, space: tools.space };
    const frame = frameOf(drag.subjects, next.space, tools.pivot) ?? drag.frame;
    show({ ...drag, ...next, frame, stepped: [] });
  }

  function step(direction: string, isFar: boolean): void {
    const { drag, tools } = state();
    if (!drag) return;
    const axes = freeAxes(drag.constraint);
    const isUpright = direction === "up" || direction === "down";
    // Of several axes the first goes sideways and the second up.
    const at = drag.tool !== "translate" || axes.length < 2 || !isUpright ? 0 : 1;
    const size = { translate: tools.step, rotate: tools.turn * DEGREE, scale: SCALE_STEP }[drag.tool];
    const by = (direction === "left" || direction === "down" ? -1 : 1) * size * (isFar ? 10 : 1);
    const rest = drag.tool === "scale" ? 1 : 0;
    const stepped = Array.from({ length: Math.max(at + 1, drag.stepped.length) }, (_, index) => {
      const before = drag.stepped[index] ?? rest;
      return index === at ? Number((before + by).toPrecision(12)) : before;
    });
    show({ ...drag, stepped });
  }

  /** Brings it to where the pointer, the keys or the numbers say. */
  function show(drag: Dragging): void {
    const { tools } = state();
    const motion = wanted(drag);
    const { constraint } = drag;
    const result = placed(drag.subjects, motion, drag.frame, {
      space: drag.space,
      pivot: tools.pivot,
      isFree: constraint.kind === "free",
    });
    viewer.content.preview(new Map(result.map(({ id, local }) => [id, local])));
    store.setState({ drag: { ...drag, motion, placed: result } });
  }

  function wanted(drag: Dragging): Motion {
    const { tools } = state();
    const { tool, constraint, frame } = drag;
    const picture = viewer.picture();
    const by = { tool, constraint, frame, picture };
    if (isTyped(drag.typed)) {
      const numbers = numbersOf(drag.typed);
      return motionBy(by, tool === "rotate" ? numbers.map((degrees) => degrees * DEGREE) : numbers);
    }
    if (drag.stepped.length > 0) return motionBy(by, drag.stepped);
    const snaps = tools.snapping !== held.otherwise;
    if (snaps && tool === "translate" && tools.snapTo !== "grid") {
      const target = targetAt(drag);
      if (target) {
        const way = inFrame(frame, target.sub(frame.origin));
        const amounts = freeAxes(constraint).map((axis) => way.getComponent(axis));
        return motionBy(by, amounts);
      }
    }
    const inSteps = snaps && (tool !== "translate" || tools.snapTo === "grid");
    return motionOf({
      ...by,
      from: drag.from,
      to: drag.to,
      steps: inSteps
        ? { move: tools.step, turn: tools.turn * DEGREE, scale: SCALE_STEP }
        : { move: 0, turn: 0, scale: 0 },
      toGrid: drag.space === "world" && constraint.kind !== "free",
      angle: drag.motion.kind === "rotate" ? drag.motion.angle : 0,
    });
  }

  /** What is under the pointer and is not dragged along: its surface, or its nearest corner. */
  function targetAt({ subjects, to }: Dragging): Vector3 | undefined {
    const { tools } = state();
    const along = new Set(
      subtrees(
        entityTree(viewer.entities),
        subjects.map(({ id }) => id),
      ),
    );
    const picture = viewer.picture();
    const hit = viewer.content
      .pick(picture.aim(new Raycaster(), to))
      .find(({ entity }) => !along.has(entity));
    if (!hit || tools.snapTo === "surface") return hit?.point;
    return vertexAt(viewer.content.draws([hit.entity]), picture, to, CORNER_REACH);
  }

  function leaveInPlace(tops: readonly string[]): void {
    const all = subtrees(entityTree(viewer.entities), tops);
    stays = Array.from(viewer.content.draws(all), ({ geometry, material, matrix }) => {
      const mesh = new Mesh(geometry, material);
      mesh.matrixAutoUpdate = false;
      mesh.matrix.copy(matrix);
      mesh.matrixWorldNeedsUpdate = true;
      return mesh;
    });
    viewer.stage?.scene.add(...stays);
  }

  function end(): Dragging | null {
    const { drag } = store.getState();
    store.setState({ drag: null });
    for (const mesh of stays) mesh.removeFromParent();
    stays = [];
    held = { otherwise: false };
    return drag;
  }

  function cancel(): void {
    if (!end()) return;
    viewer.content.preview(NOTHING);
  }

  /** Writes what the drag came to: one event for all of it. */
  async function finish(): Promise<void> {
    const drag = end();
    if (!drag) return;
    // Laid over the records before the preview ends: nothing jumps in between.
    const writing = drag.copies ? writeCopies(drag) : isStill(drag.motion) ? undefined : writeMoved(drag);
    viewer.content.sync();
    viewer.content.preview(NOTHING);
    await writing;
  }

  async function writeMoved({ placed: result }: Dragging): Promise<void> {
    const changes: Change[] = result
      .filter(({ fields }) => Object.keys(fields).length > 0)
      .map(({ id, fields }) => ({ collection: "entities", id, set: { ...fields } }));
    if (changes.length > 0) await attemptEdit(document, "entity.transform", changes);
  }

  async function writeCopies({ subjects, placed: result }: Dragging): Promise<void> {
    const { entities } = viewer;
    const tops = subjects.map(({ id }) => id);
    const gesture = duplicateEntities(entities, entityTree(entities), tops, newId);
    const moved = new Map(
      tops.map((id, at) => [gesture.select[at], result.find((one) => one.id === id)?.fields]),
    );
    const changes = gesture.changes.map((change) =>
      "put" in change ? { ...change, put: { ...change.put, ...moved.get(change.id) } } : change,
    );
    const written = await attemptEdit(document, gesture.eventType, changes);
    if (written) viewer.select(gesture.select);
  }

  const state = () => store.getState();

  return { begin, move, key, hold, cancel, finish };
}

/** What is to be moved, as it is. */
export function subjectsOf(viewer: Viewer, ids: readonly string[]): Subject[] {
  const { world } = viewer.content;
  return ids.flatMap((id) => {
    const [local, whole] = [world.local(id), world.matrix(id)];
    const record = viewer.entities.get(id);
    if (!local || !whole || !record) return [];
    const parent = world.parent(id);
    const [rotation, scale] = [new Quaternion(), new Vector3()];
    local.decompose(new Vector3(), rotation, scale);
    const hasMatrix = Array.isArray(record.matrix);
    if (!hasMatrix && Array.isArray(record.scale) && record.scale.length === 3) {
      // As it is written: a matrix does not tell which of its axes are mirrored.
      scale.fromArray(record.scale.map(Number));
      if (Array.isArray(record.rotation)) rotation.fromArray(record.rotation.map(Number)).normalize();
      else rotation.identity();
    }
    const above = parent === undefined ? undefined : world.matrix(parent);
    return [
      {
        id,
        parent: above?.clone() ?? new Matrix4(),
        local: local.clone(),
        hasMatrix,
        rotation,
        scale,
      },
    ];
  });
}
