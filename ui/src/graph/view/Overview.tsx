/** The whole view as one picture, in place of mounted nodes when they would be too small to read. */

import { useEffect, useRef } from "react";

import type { Problem } from "../../ipc/types";
import type { CanvasState } from "../canvas/state";
import { OVERVIEW_BELOW } from "../canvas/viewport";
import type { Graph } from "../model/graph";
import type { Point } from "../model/records";
import { readColors } from "./colors";
import { useCanvas, useEditor } from "./editor";
import { paintOverview } from "./paint";

/** How much beyond each side of the view is painted, so that panning mostly moves a picture. */
const MARGIN = 0.35;

interface Props {
  graph: Graph;
  problems: ReadonlyMap<string, readonly Problem[]>;
}

export function Overview({ graph, problems }: Props) {
  const shown = useCanvas(({ viewport }) => viewport.zoom < OVERVIEW_BELOW);
  return shown ? <Picture graph={graph} problems={problems} /> : null;
}

function Picture({ graph, problems }: Props) {
  const { store } = useEditor();
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context) return undefined;
    const colors = readColors(element);
    let frame = 0;
    let painted: CanvasState | undefined;
    const paint = (): void => {
      frame = 0;
      const state = store.getState();
      const { viewport, size, selection, drag, marquee } = state;
      const margin = { x: Math.round(size.width * MARGIN), y: Math.round(size.height * MARGIN) };
      const moved = painted && shiftOf(painted, state);
      if (moved && Math.abs(moved.x) <= margin.x && Math.abs(moved.y) <= margin.y) {
        element.style.transform = `translate(${moved.x}px, ${moved.y}px)`;
        return;
      }
      painted = state;
      const density = window.devicePixelRatio || 1;
      const whole = { width: size.width + 2 * margin.x, height: size.height + 2 * margin.y };
      const width = Math.round(whole.width * density);
      const height = Math.round(whole.height * density);
      if (element.width !== width || element.height !== height) {
        element.width = width;
        element.height = height;
      }
      element.style.cssText = `left:${-margin.x}px;top:${-margin.y}px;width:${whole.width}px;height:${whole.height}px`;
      const shifted = { x: viewport.x + margin.x, y: viewport.y + margin.y, zoom: viewport.zoom };
      paintOverview(context, {
        ...{ graph, selection, drag, marquee, problems, colors, density },
        viewport: shifted,
        size: whole,
      });
    };
    // At most once a frame, however much changes in it; the first time at once, so that nothing flashes.
    paint();
    const stop = store.subscribe(() => {
      frame ||= requestAnimationFrame(paint);
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [store, graph, problems]);
  return <canvas ref={canvas} className="bp-overview" aria-hidden="true" />;
}

/** How far the view has been panned since, if nothing else has changed. */
function shiftOf(before: CanvasState, now: CanvasState): Point | undefined {
  const same =
    before.viewport.zoom === now.viewport.zoom &&
    before.size === now.size &&
    before.selection === now.selection &&
    before.drag === now.drag &&
    before.marquee === now.marquee;
  return same ? { x: now.viewport.x - before.viewport.x, y: now.viewport.y - before.viewport.y } : undefined;
}
