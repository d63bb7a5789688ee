import { Vector3 } from "three";

import { fitNumber } from "../../../design";
import type { Picture } from "../../../viewport/camera/picture";
import type { At } from "../../../viewport/camera/view";
import { AXES, outlines } from "../../../viewport/gizmo/handles";
import type { Constraint, Frame, Outline, Tool } from "../../../viewport/gizmo/handles";
import { freeAxes } from "../../../viewport/gizmo/motion";
import { isTyped } from "../../../viewport/gizmo/typed";
import { useViewState } from "./context";
import { gizmoFrame } from "./gizmoFrame";
import type { Dragging } from "./state";
import type { Viewer } from "./viewer";

/** Handles are drawn as lines of the page: as sharp and as large wherever they stand, in the colours of the theme. */
export function GizmoLayer({ viewer }: { viewer: Viewer }) {
  const { tools, drag, hover, marquee } = useViewState();
  const tool = drag?.tool ?? (tools.tool === "select" ? undefined : tools.tool);
  const frame = tool ? gizmoFrame(viewer) : undefined;
  const picture = viewer.picture();
  const active = drag?.constraint ?? hover;
  return (
    <svg className="scene-gizmo" aria-hidden="true" data-tool={frame ? tool : undefined}>
      {drag && frame && <Guides drag={drag} frame={frame} picture={picture} />}
      {frame &&
        tool &&
        outlines(tool, frame, picture)
          .filter(({ constraint }) => !drag || same(constraint, drag.constraint))
          .map((outline) => (
            <Handle
              key={nameOf(outline.constraint)}
              tool={tool}
              outline={outline}
              frame={frame}
              picture={picture}
              isActive={active !== null && same(outline.constraint, active)}
            />
          ))}
      {marquee && (
        <rect
          className="scene-marquee"
          x={Math.min(marquee.from.x, marquee.to.x)}
          y={Math.min(marquee.from.y, marquee.to.y)}
          width={Math.abs(marquee.from.x - marquee.to.x)}
          height={Math.abs(marquee.from.y - marquee.to.y)}
        />
      )}
    </svg>
  );
}

interface HandleProps {
  tool: Tool;
  outline: Outline;
  frame: Frame;
  picture: Picture;
  isActive: boolean;
}

function Handle({ tool, outline: { constraint, kind, points }, frame, picture, isActive }: HandleProps) {
  const seen = points.map((point) => picture.at(point)).filter((at) => at !== undefined);
  const [first] = seen;
  const last = seen.at(-1);
  if (!first || !last || seen.length < points.length) return null;
  const common = {
    className: `scene-handle scene-handle-${kind}`,
    "data-axis": axisName(constraint),
    "data-handle": nameOf(constraint),
    "data-active": isActive ? "" : undefined,
  };
  if (kind === "middle") {
    return tool === "scale" ? (
      <rect {...common} x={first.x - 6} y={first.y - 6} width={12} height={12} />
    ) : (
      <circle {...common} cx={first.x} cy={first.y} r={7} />
    );
  }
  if (kind === "area") return <polygon {...common} points={listed(seen)} />;
  if (kind === "ring") return <polyline {...common} points={listed(seen)} />;
  const middle = picture.at(frame.origin) ?? first;
  const [dx, dy] = [last.x - middle.x, last.y - middle.y];
  const length = Math.hypot(dx, dy) || 1;
  const [ux, uy] = [dx / length, dy / length];
  const tip = (along: number, across: number): At => ({
    x: last.x + ux * along - uy * across,
    y: last.y + uy * along + ux * across,
  });
  const head =
    tool === "scale"
      ? [tip(-5, -5), tip(5, -5), tip(5, 5), tip(-5, 5)]
      : [tip(9, 0), tip(-7, 6), tip(-7, -6)];
  return (
    <g {...common}>
      <line x1={first.x} y1={first.y} x2={last.x} y2={last.y} />
      <polygon points={listed(head)} />
    </g>
  );
}

/** Lines along the axes that a drag is held to. */
function Guides({
  drag: { constraint, tool },
  frame,
  picture,
}: {
  drag: Dragging;
  frame: Frame;
  picture: Picture;
}) {
  if (constraint.kind === "free") return null;
  const axes = tool === "rotate" && constraint.kind === "axis" ? [constraint.axis] : freeAxes(constraint);
  const reach = picture.metresPerPixel(frame.origin) * 4000;
  return axes.map((axis) => {
    const ends = [-1, 1].map((sign) => endInView(frame.origin, frame.axes[axis], sign * reach, picture));
    const [a, b] = ends;
    if (!a || !b) return null;
    return (
      <line key={axis} className="scene-guide" data-axis={"xyz"[axis]} x1={a.x} y1={a.y} x2={b.x} y2={b.y} />
    );
  });
}

/** As far along an axis as it is before the eye. */
function endInView(origin: Vector3, axis: Vector3, reach: number, picture: Picture): At | undefined {
  for (let share = 1; share > 1e-4; share /= 2) {
    const seen = picture.at(origin.clone().addScaledVector(axis, reach * share));
    if (seen && Math.abs(seen.x) < 1e5 && Math.abs(seen.y) < 1e5) return seen;
  }
  return picture.at(origin);
}

const VERBS: Readonly<Record<Tool, string>> = { translate: "Move", rotate: "Rotate", scale: "Scale" };

/** What a drag does so far, in words: "Move X 1.25 m, local". */
export function DragReadout() {
  const { drag } = useViewState();
  if (!drag) return null;
  const { tool, constraint, motion, typed, space, copies } = drag;
  const axes =
    constraint.kind === "free" && tool !== "translate"
      ? ""
      : freeAxes(constraint)
          .map((axis) => "XYZ"[axis])
          .join("");
  const what =
    motion.kind === "rotate"
      ? `${fitNumber((motion.angle * 180) / Math.PI, 8)}°`
      : freeAxes(constraint)
          .map((axis) => fitNumber(motion.by.getComponent(axis), 8))
          .filter((_, at) => tool === "translate" || at === 0)
          .join(", ") + (tool === "translate" ? " m" : "×");
  const words = [copies ? "Duplicate and move" : VERBS[tool], axes, isTyped(typed) ? "=" : "", what];
  return (
    <div className="scene-readout" role="status" aria-live="off">
      <strong>{words.filter((word) => word !== "").join(" ")}</strong>
      {space !== "world" && <span>{space}</span>}
      <span className="scene-readout-keys">X Y Z axis · numbers · Enter keeps · Esc gives up</span>
    </div>
  );
}

function listed(points: readonly At[]): string {
  return points.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
}

function axisName(constraint: Constraint): string {
  if (constraint.kind === "free") return "w";
  return "xyz".charAt(constraint.kind === "axis" ? constraint.axis : constraint.across);
}

function nameOf(constraint: Constraint): string {
  if (constraint.kind === "free") return "free";
  return constraint.kind === "axis"
    ? "xyz".charAt(constraint.axis)
    : AXES.filter((axis) => axis !== constraint.across)
        .map((axis) => "xyz".charAt(axis))
        .join("");
}

function same(a: Constraint, b: Constraint): boolean {
  return nameOf(a) === nameOf(b);
}
