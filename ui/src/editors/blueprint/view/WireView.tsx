/** A wire: white and two pixels wide for flow, coloured by type for values. */

import type { EdgeProps } from "@xyflow/react";
import { memo } from "react";

import { pinColor, typeClass } from "../pins/types";
import { pathOf, wireSegments } from "../wires/path";
import { useCanvas } from "./editor";
import type { FlowWire } from "./flow";

export const WireView = memo(function WireView(props: EdgeProps<FlowWire>) {
  const { id, sourceX, sourceY, targetX, targetY, selected, data } = props;
  const hovered = useCanvas((state) => state.hoveredWire === id);
  if (!data) return null;
  const { wire, route, type } = data;
  const path = pathOf(wireSegments({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, route));
  return (
    <g
      className="bp-wire"
      data-kind={wire.kind}
      data-selected={selected || undefined}
      data-hovered={hovered || undefined}
    >
      {selected && <path className="bp-wire-halo" d={path} />}
      <path className="bp-wire-line" d={path} style={{ stroke: wireColor(wire.kind, type) }} />
      {route.map(({ x, y }, index) => (
        <circle
          key={index}
          className="bp-route"
          cx={x}
          cy={y}
          r={4}
          style={{ fill: wireColor(wire.kind, type) }}
        />
      ))}
    </g>
  );
});

export function wireColor(kind: "flow" | "value", type: string | null): string {
  return kind === "flow" ? "var(--pin-flow)" : pinColor(typeClass(type));
}
