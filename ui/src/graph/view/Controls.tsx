/** Zoom, at the lower left. */

import { Ellipsis, Maximize, Minus, Plus } from "lucide-react";

import type { Actions } from "../canvas/actions";
import { toCanvas } from "../canvas/viewport";
import { useCanvas, useEditor } from "./editor";

export function Controls({ actions }: { actions: Actions }) {
  const { store } = useEditor();
  const more = (): void => {
    const { viewport, size } = store.getState();
    const screen = { x: 150, y: size.height - 44 };
    store.setState({
      menu: {
        screen,
        at: toCanvas(viewport, { x: size.width / 2, y: size.height / 2 }),
        target: { kind: "canvas" },
      },
    });
  };
  const percent = useCanvas(({ viewport }) => Math.round(viewport.zoom * 100));
  return (
    <div className="bp-controls" data-own-pointer role="toolbar" aria-label="View">
      <button type="button" aria-label="Zoom out" title="Zoom out (-)" onClick={actions.zoomOut}>
        <Minus size={14} aria-hidden="true" />
      </button>
      <button
        type="button"
        aria-label={`Zoom to 100 %, now ${percent} %`}
        title="Zoom to 100 % (Ctrl+0)"
        onClick={actions.zoomActual}
      >
        {percent} %
      </button>
      <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={actions.zoomIn}>
        <Plus size={14} aria-hidden="true" />
      </button>
      <button
        type="button"
        aria-label="Show the selection or everything"
        title="Show the selection or everything (F)"
        onClick={actions.frameSelection}
      >
        <Maximize size={13} aria-hidden="true" /> F
      </button>
      <button type="button" aria-label="More for the canvas" title="More" aria-haspopup="menu" onClick={more}>
        <Ellipsis size={14} aria-hidden="true" />
      </button>
    </div>
  );
}
