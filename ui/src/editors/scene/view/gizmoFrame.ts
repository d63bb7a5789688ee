/** Where the gizmo stands for what is selected. */
import type { Frame } from "../../../viewport/gizmo/handles";
import { frameOf, originOf, placed } from "../../../viewport/gizmo/placing";
import { topmost } from "../entityTree";
import { subjectsOf } from "./dragging";
import type { Dragging } from "./state";
import type { Viewer } from "./viewer";

/** Where it stands now; along with what is dragged. Undefined where nothing is selected that has a place. */
export function gizmoFrame(viewer: Viewer): Frame | undefined {
  const { drag, selection, tools } = viewer.store.getState();
  if (drag) return draggedFrame(drag);
  const known = selection.filter((id) => viewer.entities.has(id));
  return frameOf(subjectsOf(viewer, topmost(viewer.entities, known)), tools.space, tools.pivot);
}

function draggedFrame({ frame, motion, subjects }: Dragging): Frame {
  if (motion.kind !== "translate") return frame;
  const [first] = subjects;
  if (!first) return frame;
  // As far as the entities went, the gizmo goes.
  const options = { space: "world", pivot: "active", isFree: true } as const;
  const [moved] = placed([first], motion, frame, options);
  const way = originOf({ ...first, local: moved?.local ?? first.local }).sub(originOf(first));
  return { ...frame, origin: frame.origin.clone().add(way) };
}
