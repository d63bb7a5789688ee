/**
 * The others on this canvas: cursors with names, selections, ghosts of what they drag. One sheet in canvas coordinates
 * that pans and zooms as a whole; what somebody moves re-renders that person's part of it and nothing below.
 */

import { memo, useMemo, type ReactNode } from "react";

import { refKey } from "../../../documents/selection";
import { colorStyle } from "../../../presence/Avatar";
import { useMarks, usePeer } from "../../../presence/peers";
import { useOthers, type Other } from "../../../presence/useOthers";
import type { Drag } from "../canvas/state";
import type { Graph } from "../graph/graph";
import { ghostBoxes, otherSelection, type Outline, type ShiftOf } from "../graph/others";
import type { Rect } from "../graph/records";
import { useCanvas, useEditor } from "./editor";
import "./others.css";

export function OthersLayer({ graph }: { graph: Graph }) {
  const { document } = useEditor();
  const here = useOthers().filter((other) => other.document === document);
  if (here.length === 0) return null;
  return (
    <Sheet>
      {here.map((other) => (
        <div key={other.replica} style={colorStyle(other.color)}>
          <Selection graph={graph} replica={other.replica} name={other.name} />
          <Ghosts graph={graph} replica={other.replica} />
        </div>
      ))}
      {here.map((other) => (
        <Cursor key={other.replica} other={other} />
      ))}
    </Sheet>
  );
}

function Sheet({ children }: { children: ReactNode }) {
  const { x, y, zoom } = useCanvas((state) => state.viewport);
  return (
    <div className="bp-others" aria-hidden="true">
      <div
        style={{ transform: `translate(${x}px, ${y}px) scale(${zoom})`, ["--bp-pixel" as string]: 1 / zoom }}
      >
        {children}
      </div>
    </div>
  );
}

interface PartProps {
  graph: Graph;
  replica: string;
}

const Selection = memo(function Selection({ graph, replica, name }: PartProps & { name: string }) {
  const { document } = useEditor();
  const selection = usePeer(replica, (peer) => peer.presence.selection);
  const marks = useMarks(document);
  const drag = useCanvas((state) => state.drag);
  const shown = useMemo(
    () =>
      otherSelection(
        graph,
        selection ?? [],
        (ref) => marks.get(refKey(ref))?.indexOf(replica) ?? 0,
        shiftBy(drag),
      ),
    [graph, selection, marks, replica, drag],
  );
  return (
    <>
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
    </>
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

const Ghosts = memo(function Ghosts({ graph, replica }: PartProps) {
  const ghosts = usePeer(replica, (peer) => peer.presence.ghosts);
  const boxes = useMemo(() => ghostBoxes(graph, ghosts ?? []), [graph, ghosts]);
  return boxes.map(({ key, rect, title }) => (
    <div key={key} className="bp-ghost" style={boxStyle(rect)}>
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
