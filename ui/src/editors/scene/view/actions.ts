/** What a person can ask of the viewport of a scene, by menu, key or palette. */
import { Quaternion, Raycaster, Vector3 } from "three";

import { newId } from "../../../documents/document";
import { addShape } from "../../../ipc/scene";
import type { Change, Shape } from "../../../ipc/types";
import { alongAxis, dollied, panned, poseOf, turnedBy, vector } from "../../../viewport/camera/view";
import type { Side } from "../../../viewport/camera/view";
import { FREE } from "../../../viewport/gizmo/handles";
import type { Axis, Constraint } from "../../../viewport/gizmo/handles";
import type { Placed } from "../../../viewport/gizmo/placing";
import { originOf } from "../../../viewport/gizmo/placing";
import { select } from "../../../documents/selection";
import { attemptEdit } from "../../../workspace/editing";
import { attempt, showNotice, showUndoable } from "../../../workspace/notify";
import { ask } from "../../../workspace/questions";
import { showTool } from "../../../workspace/tabs";
import { deleteEntities, duplicateEntities, moveEntities } from "../entityChanges";
import type { EntityGesture } from "../entityChanges";
import { entityTree, subtrees, topmost } from "../entityTree";
import { isLocked, unlessLocked } from "../locked";
import { groupEntities, makeEntity, shapeEntity, ungroupEntities } from "../making";
import type { Made } from "../making";
import { transformSet } from "../matrix";
import { aligned, distributed, movedBy } from "./arranging";
import { subjectsOf } from "./dragging";
import type { Dragger } from "./dragging";
import { gizmoFrame } from "./gizmoFrame";
import type { Tools } from "./state";
import type { Viewer } from "./viewer";

/** Deleting more than this asks first. Undo brings it back either way. */
const ASK_ABOVE = 50;
/** What an arrow key turns, and a key of nearness changes. */
const TURN = Math.PI / 24;
const NEARER = 0.85;
/** What an arrow key moves across the picture, in pixels. */
const ACROSS = 40;

export type Actions = ReturnType<typeof actionsOf>;

export function actionsOf(viewer: Viewer, dragger: Dragger) {
  const { store, document } = viewer;
  const state = () => store.getState();
  /** What is selected and there, in its order. */
  const selected = () => state().selection.filter((id) => viewer.entities.has(id));
  const tops = () => topmost(viewer.entities, selected());
  const middle = () => ({ x: state().size.width / 2, y: state().size.height / 2 });

  const write = async (gesture: EntityGesture | undefined) => {
    if (!gesture || gesture.changes.length === 0) return undefined;
    const written = await attemptEdit(document, gesture.eventType, gesture.changes);
    if (written) viewer.select(gesture.select);
    return written;
  };
  const place = (placed: readonly Placed[]) => {
    const changes: Change[] = placed.map(({ id, fields }) => ({
      collection: "entities",
      id,
      set: { ...fields },
    }));
    if (changes.length > 0) void attemptEdit(document, "entity.transform", changes);
  };
  const unlocked = (ids: readonly string[], run: () => void) =>
    unlessLocked(document, viewer.entities, ids, run);
  const set = (ids: readonly string[], fields: Record<string, boolean>) =>
    void attemptEdit(
      document,
      "entity.set",
      ids.map((id) => ({ collection: "entities", id, set: fields })),
    );

  return {
    selected,
    setTools: (part: Partial<Tools>) => store.setState({ tools: { ...state().tools, ...part } }),

    frameSelection: () => viewer.frame(selected().length > 0 ? selected() : undefined),
    frameAll: () => viewer.frame(),
    side: (side: Side) => viewer.look(alongAxis(viewer.ownView(), side), true),
    toggleProjection: () => {
      const view = viewer.ownView();
      const projection = view.projection === "perspective" ? "orthographic" : "perspective";
      viewer.look({ ...view, projection, through: null });
    },
    /** Through the selected camera, else the first; from there back to one's own eye. */
    throughCamera: () => {
      const { view } = state();
      const isCamera = (id: string) => viewer.lensOf(id) !== undefined;
      const camera = selected().find(isCamera) ?? [...viewer.entities.keys()].find(isCamera);
      if (view.through !== null && (camera === undefined || camera === view.through))
        viewer.look(viewer.ownView());
      else if (camera !== undefined) viewer.look({ ...view, through: camera });
      else showNotice("This scene has no camera", "Add one to look through it.");
    },
    leaveCamera: () => viewer.look(viewer.ownView()),
    turn: (x: number, y: number) => viewer.look(turnedBy(viewer.ownView(), x * TURN, y * TURN)),
    pan: (x: number, y: number) =>
      viewer.look(panned(viewer.ownView(), { x: x * ACROSS, y: y * ACROSS }, state().size)),
    dolly: (step: 1 | -1) => {
      const view = viewer.ownView();
      viewer.look(dollied(view, step > 0 ? NEARER : 1 / NEARER, vector(view.target)));
    },

    selectAll: () =>
      viewer.select(
        [...viewer.entities.keys()].filter(
          (id) => viewer.isPickable(id) && viewer.content.world.isVisible(id),
        ),
      ),
    selectNone: () => viewer.select([]),
    /** Takes hold of what is selected: the pointer and the keys move it until Enter or a click. */
    grab: (constraint: Constraint = FREE, copies = false) => {
      const { tools, hover } = state();
      const tool = tools.tool === "select" || copies ? "translate" : tools.tool;
      if (hover) store.setState({ hover: null });
      dragger.begin({ tool, constraint, at: viewer.pointer ?? middle(), copies, byKeys: true });
    },

    remove: async () => {
      const ids = selected();
      const all = subtrees(entityTree(viewer.entities), ids);
      if (all.length === 0) return;
      const held = all.some((id) => isLocked(viewer.entities.get(id)));
      if (!held && all.length > ASK_ABOVE) {
        const text = `This deletes ${all.length.toLocaleString()} entities, those below the selected ones included. Undo brings them back.`;
        if (!(await ask({ title: "Delete entities", text, action: "Delete" }))) return;
      }
      unlocked(all, () => {
        const gesture = deleteEntities(entityTree(viewer.entities), ids);
        void write(gesture).then((written) => {
          if (written && gesture.changes.length > 1)
            showUndoable(`Deleted ${gesture.changes.length} entities`, document, written.cids[0]);
        });
      });
    },
    duplicate: () =>
      void write(duplicateEntities(viewer.entities, entityTree(viewer.entities), selected(), newId)),
    group: () => {
      const frame = gizmoFrame(viewer);
      const ids = tops();
      if (!frame || ids.length === 0) return;
      unlocked(ids, () => {
        const subjects = subjectsOf(viewer, ids);
        const center = new Vector3();
        for (const subject of subjects) center.addScaledVector(originOf(subject), 1 / subjects.length);
        void write(groupEntities(viewer.entities, ids, center.toArray(), newId()));
      });
    },
    ungroup: () => {
      const ids = selected();
      unlocked(ids, () => {
        const gesture = ungroupEntities(viewer.entities, ids);
        if (gesture) void write(gesture);
        else
          showNotice(
            "Nothing to ungroup",
            "Groups are entities that hold others and draw nothing themselves.",
          );
      });
    },
    /** Under the one that was selected last. */
    parentTo: () => {
      const ids = selected();
      const parent = ids.at(-1);
      if (parent === undefined || ids.length < 2) return;
      const moved = ids.slice(0, -1);
      unlocked(moved, () => {
        const gesture = moveEntities(viewer.entities, entityTree(viewer.entities), moved, parent, "inside");
        if (gesture) void write({ ...gesture, select: ids });
        else showNotice(`${viewer.nameOf(parent)} hangs below what is to hang under it`);
      });
    },
    unparent: () => {
      const ids = tops();
      unlocked(
        ids,
        () => void write(moveEntities(viewer.entities, entityTree(viewer.entities), ids, null, "inside")),
      );
    },
    align: (axis: Axis) => unlocked(tops(), () => place(aligned(subjectsOf(viewer, tops()), axis))),
    distribute: (axis: Axis) => unlocked(tops(), () => place(distributed(subjectsOf(viewer, tops()), axis))),
    /** Down to the surface below, or to the ground. */
    drop: () =>
      unlocked(tops(), () => {
        const ids = tops();
        const along = new Set(subtrees(entityTree(viewer.entities), ids));
        const wayOf = ({ id }: { id: string }) => {
          const { min, max } = viewer.content.bounds([id]);
          if (!isFinite(min.y)) return new Vector3();
          const from = new Vector3((min.x + max.x) / 2, max.y, (min.z + max.z) / 2);
          const ray = new Raycaster(from, new Vector3(0, -1, 0));
          const below = viewer.content
            .pick(ray)
            .find(({ entity, point }) => !along.has(entity) && point.y <= min.y + 1e-6);
          return new Vector3(0, (below?.point.y ?? 0) - min.y, 0);
        };
        place(movedBy(subjectsOf(viewer, ids), wayOf));
      }),
    reset: (part: "translation" | "rotation" | "scale") => {
      const rest = { translation: [0, 0, 0], rotation: [0, 0, 0, 1], scale: [1, 1, 1] }[part];
      const ids = selected();
      unlocked(
        ids,
        () =>
          void attemptEdit(
            document,
            "entity.transform",
            ids.map((id) => ({
              collection: "entities",
              id,
              set: transformSet(viewer.entities.get(id) ?? {}, part, rest),
            })),
          ),
      );
    },

    /** For this person only. */
    hide: () => {
      store.setState({ hidden: new Set([...state().hidden, ...selected()]) });
      viewer.select([]);
    },
    showAll: () => store.setState({ hidden: new Set(), solo: new Set() }),
    solo: () => store.setState({ solo: state().solo.size > 0 ? new Set() : new Set(selected()) }),
    /** For everybody: whether it is drawn is part of the scene. */
    toggleVisible: () => {
      const ids = selected();
      const visible = ids.every((id) => viewer.entities.get(id)?.visible === false);
      if (ids.length > 0) set(ids, { visible });
    },
    toggleLocked: () => {
      const ids = selected();
      const locked = !ids.every((id) => isLocked(viewer.entities.get(id)));
      if (ids.length > 0) set(ids, { locked });
    },

    /** A new thing at what one looks at; a camera where one looks from. */
    add: (made: Made) => {
      const view = viewer.ownView();
      const pose = poseOf(view);
      const [eye, turn] = [new Vector3(), new Quaternion()];
      pose.decompose(eye, turn, new Vector3());
      const at =
        made === "camera"
          ? { translation: eye.toArray(), rotation: turn.toArray() }
          : { translation: view.target };
      return write(makeEntity(viewer.entities, made, at, newId));
    },
    addShape: async (shape: Shape) => {
      const entity = shapeEntity(viewer.entities, shape, viewer.ownView().target, newId());
      const made = await attempt(() => addShape({ document, shape, entity }));
      if (made) viewer.select([entity.id]);
    },
    /** How the scene is shown, in the Inspector. */
    editLooks: async () => {
      const looks = { collection: "properties", id: "scene" };
      const isThere = viewer.record(looks.collection, looks.id) !== undefined;
      // A field is set in a record that is there.
      if (!isThere && !(await attemptEdit(document, "scene.set", [{ ...looks, put: { exposure: 0 } }])))
        return;
      select(document, [looks]);
      showTool("inspector");
    },
    openMenu: (kind: "scene" | "add", byKeyboard: boolean) =>
      store.setState({
        menu: { at: (byKeyboard ? undefined : viewer.pointer) ?? middle(), kind, byKeyboard },
      }),
  };
}
