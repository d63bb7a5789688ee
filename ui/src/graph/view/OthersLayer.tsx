/**
 * The others on this canvas: cursors with names, selections, ghosts of what they drag. One sheet in canvas coordinates
 * that pans and zooms as a whole; what somebody moves re-renders that person's part of it and nothing below.
 */

import { memo, useEffect, useMemo, useState, type ReactNode } from "react";

import { refKey } from "../../documents/selection";
import { colorStyle } from "../../presence/Avatar";
import { useMarks, usePeer } from "../../presence/peers";
import { useOthers, type Other } from "../../presence/useOthers";
import type { Drag } from "../canvas/state";
import type { Graph } from "../model/graph";
import { ghostBoxes, otherSelection, type Outline, type ShiftOf } from "../model/others";
import type { Rect } from "../model/records";
import { ghostsIn } from "../model/shown";
import { useCanvas, useEditor } from "./editor";
import { useNearArea } from "./useNearArea";
import "./others.css";

/** While the view moves, cursors move without transitions: nobody sees those then, and they cost frames. */
const SETTLING = 150;

export function OthersLayer({ graph }: { graph: Graph }) {
  const { document } = useEditor();
  const area = useNearArea();
  const here = useOthers().filter((other) => other.document === document);
  if (here.length === 0 || !area) return null;
  // What moves often stands last: it is drawn apart from what lies below it.
  return (
    <Sheet>
      {here.map((other) => (
        <Selection key={other.replica} graph={graph} other={other} area={area} />
      ))}
      {here.map((other) => (
        <Ghosts key={other.replica} graph={graph} other={other} />
      ))}
      {here.map((other) => (
        <Cursor key={other.replica} other={other} />
      ))}
    </Sheet>
  );
}

function Sheet({ children }: { children: ReactNode }) {
  const viewport = useCanvas((state) => state.viewport);
  const { x, y, zoom } = viewport;
  const settled = useSettled(viewport, SETTLING);
  return (
    <div className="bp-others" data-smooth={settled || undefined} aria-hidden="true">
      <div
        style={{ transform: `translate(${x}px, ${y}px) scale(${zoom})`, ["--bp-pixel" as string]: 1 / zoom }}
      >
        {children}
      </div>
    </div>
  );
}

/** Whether a value has stayed the same for so many milliseconds. */
function useSettled(value: unknown, pause: number): boolean {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pause);
    return () => clearTimeout(timer);
  }, [value, pause]);
  return settled === value;
}

interface PartProps {
  graph: Graph;
  other: Other;
}

const Selection = memo(function Selection({ graph, other, area }: PartProps & { area: Rect }) {
  const { replica, name, color } = other;
  const { document } = useEditor();
  const selection = usePeer(replica, (peer) => peer.presence.selection);
  const marks = useMarks(document);
  const drag = useCanvas((state) => state.drag);
  const shown = useMemo(
    () =>
      otherSelection(graph, selection ?? [], {
        area,
        rankOf: (ref) => marks.get(refKey(ref))?.indexOf(replica) ?? 0,
        shiftOf: shiftBy(drag),
      }),
    [graph, selection, area, marks, replica, drag],
  );
  return (
    <div style={colorStyle(color)}>
      {shown.wires.length > 0 && (
        <svg className="bp-other-wires">
          {shown.wires.map(({ key, path }) => (
            <path key={key} d={path} />
          ))}
        </svg>
      )}
      {shown.outlines.map((outline) => (
        <OutlineBox key={outline.key} outline={outline} name={outline === shown.named ? name : undefined} />
      ))}
    </div>
  );
});

function OutlineBox({ outline, name }: { outline: Outline; name: string | undefined }) {
  return (
    <div
      className="bp-other-outline"
      style={{ ...boxStyle(outline.rect), ["--rank" as string]: outline.rank }}
    >
      {name !== undefined && <span className="bp-other-name">{name}</span>}
    </div>
  );
}

const Ghosts = memo(function Ghosts({ graph, other: { replica, color } }: PartProps) {
  const ghosts = usePeer(replica, (peer) => peer.presence.shown["ghosts"]);
  const boxes = useMemo(() => ghostBoxes(graph, ghostsIn(ghosts)), [graph, ghosts]);
  return boxes.map(({ key, rect, title }) => (
    <div key={key} className="bp-ghost" style={{ ...colorStyle(color), ...boxStyle(rect) }}>
      {title}
    </div>
  ));
});

const Cursor = memo(function Cursor({ other: { replica, name, color } }: { other: Other }) {
  const cursor = usePeer(replica, (peer) => peer.presence.cursor);
  if (!cursor) return null;
  return (
    <div
      className="bp-cursor"
      style={{ ...colorStyle(color), transform: `translate(${cursor.x}px, ${cursor.y}px)` }}
    >
      <div>
        <svg width="16" height="18" viewBox="0 0 16 18">
          <path d="M1.5 1.5 14 7.8 8.2 9.6 5.6 15.5Z" />
        </svg>
        <span className="bp-other-name">{name}</span>
      </div>
    </div>
  );
});

function boxStyle({ x, y, width, height }: Rect) {
  return { transform: `translate(${x}px, ${y}px)`, width, height };
}

function shiftBy(drag: Drag | null): ShiftOf {
  return (collection, id) => {
    const moves = collection === "nodes" ? drag?.nodes.has(id) : drag?.comments.has(id);
    return drag && moves ? drag.by : { x: 0, y: 0 };
  };
}
