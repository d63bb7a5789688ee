/** What a gesture in progress draws over the canvas: the loose wire with its verdict, and the marquee. */

import { pinPoint } from "../model/graph";
import { toScreen } from "../canvas/viewport";
import { pathOf, wireSegments } from "../wires/path";
import { useCanvas, useEditor } from "./editor";
import { lookOf } from "./Pin";

export function GestureLayer() {
  return (
    <>
      <LooseWire />
      <MarqueeBox />
    </>
  );
}

function LooseWire() {
  const { graph } = useEditor();
  const connecting = useCanvas((state) => state.connecting);
  const loose = useCanvas((state) => state.loose);
  const viewport = useCanvas((state) => state.viewport);
  if (!connecting || !loose) return null;
  const target = loose.over && loose.verdict?.allowed ? pinPoint(graph(), loose.over) : undefined;
  const end = target ?? loose.at;
  const [from, to] = connecting.from.side === "output" ? [connecting.start, end] : [end, connecting.start];
  const { kind, socket } = connecting.type;
  const color = `var(${lookOf(graph().language, kind, socket.signature).token})`;
  const over = loose.over && pinPoint(graph(), loose.over);
  const refused = loose.verdict && !loose.verdict.allowed ? loose.verdict.reason : undefined;
  const tip = toScreen(viewport, loose.at);
  return (
    <>
      <svg className="bp-gesture" aria-hidden="true">
        <g transform={`translate(${viewport.x} ${viewport.y}) scale(${viewport.zoom})`}>
          <path className="bp-loose" d={pathOf(wireSegments(from, to))} style={{ stroke: color }} />
          {over && (
            <circle
              className="bp-over"
              data-refused={refused ? true : undefined}
              cx={over.x}
              cy={over.y}
              r={9}
            />
          )}
        </g>
      </svg>
      <div
        className="bp-verdict"
        role="status"
        data-refused={refused ? true : undefined}
        style={{ left: tip.x + 14, top: tip.y + 14 }}
      >
        {refused ?? (loose.over ? "Connect" : connecting.wire ? "Drop to disconnect" : "Drop to add a node")}
      </div>
    </>
  );
}

function MarqueeBox() {
  const marquee = useCanvas((state) => state.marquee);
  const viewport = useCanvas((state) => state.viewport);
  if (!marquee) return null;
  const { x, y } = toScreen(viewport, marquee.rect);
  const { width, height } = marquee.rect;
  return (
    <div
      className="bp-marquee"
      style={{ left: x, top: y, width: width * viewport.zoom, height: height * viewport.zoom }}
    />
  );
}
