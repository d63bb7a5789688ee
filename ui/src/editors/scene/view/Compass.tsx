import { Vector3 } from "three";

import { Tooltip } from "../../../design";
import { axesOf } from "../../../viewport/camera/view";
import type { Side } from "../../../viewport/camera/view";
import { useTab, useViewState } from "./context";

const RADIUS = 34;
const MIDDLE = 48;

const ENDS: readonly { side: Side; axis: "x" | "y" | "z"; sign: 1 | -1; key: string }[] = [
  { side: "right", axis: "x", sign: 1, key: "3" },
  { side: "left", axis: "x", sign: -1, key: "Ctrl+3" },
  { side: "top", axis: "y", sign: 1, key: "7" },
  { side: "bottom", axis: "y", sign: -1, key: "Ctrl+7" },
  { side: "front", axis: "z", sign: 1, key: "1" },
  { side: "back", axis: "z", sign: -1, key: "Ctrl+1" },
];

/** Which way the axes go from here; pressing an end looks from there. */
export function Compass() {
  const { viewer, actions } = useTab();
  useViewState(({ view }) => view);
  const { right, up, back } = axesOf(viewer.ownView());
  const ends = ENDS.map((end) => {
    const way = new Vector3()[end.axis === "x" ? "setX" : end.axis === "y" ? "setY" : "setZ"](end.sign);
    return { ...end, x: way.dot(right) * RADIUS, y: -way.dot(up) * RADIUS, depth: way.dot(back) };
  });
  return (
    <div className="scene-compass" role="toolbar" aria-label="Look along an axis" data-own-pointer>
      <svg aria-hidden="true">
        {ends
          .filter(({ sign }) => sign > 0)
          .map(({ axis, x, y }) => (
            <line key={axis} data-axis={axis} x1={MIDDLE} y1={MIDDLE} x2={MIDDLE + x} y2={MIDDLE + y} />
          ))}
      </svg>
      {ends.map(({ side, axis, sign, key, x, y, depth }) => (
        <Tooltip key={side} text={`Look from the ${side}`} shortcut={key}>
          <button
            type="button"
            aria-label={`Look from the ${side}`}
            data-axis={axis}
            data-minus={sign < 0 ? "" : undefined}
            style={{ left: MIDDLE + x - 12, top: MIDDLE + y - 12, zIndex: Math.round(depth * 10) + 10 }}
            onClick={() => actions.side(side)}
          >
            <span>{sign > 0 ? axis.toUpperCase() : ""}</span>
          </button>
        </Tooltip>
      ))}
    </div>
  );
}
