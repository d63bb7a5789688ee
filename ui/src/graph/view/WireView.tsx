/** A wire: white and two pixels wide for flow, coloured by type for values. */

import type { EdgeProps } from "@xyflow/react";
import { memo } from "react";

import { pathOf, wireSegments } from "../wires/path";
import { useCanvas, useEditor } from "./editor";
import type { FlowWire } from "./flow";
import { lookOf } from "./Pin";

export const WireView = memo(function WireView(props: EdgeProps<FlowWire>) {
  const { id, sourceX, sourceY, targetX, targetY, selected, data } = props;
  const hovered = useCanvas((state) => state.hoveredWire === id);
  const { language } = useEditor().graph();
  if (!data) return null;
  const { wire, route, type } = data;
  const color = `var(${lookOf(language, wire.kind, type).token})`;
  const path = pathOf(wireSegments({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, route));
  return (
    <g
      className="bp-wire"
      data-kind={wire.kind}
      data-selected={selected || undefined}
      data-hovered={hovered || undefined}
    >
      {selected && <path className="bp-wire-halo" d={path} />}
      <path className="bp-wire-line" d={path} style={{ stroke: color }} />
      {route.map(({ x, y }, index) => (
        <circle key={index} className="bp-route" cx={x} cy={y} r={4} style={{ fill: color }} />
      ))}
    </g>
  );
});
