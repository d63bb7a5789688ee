/** The whole view as one picture, in place of mounted nodes when they would be too small to read. */

import { useEffect, useRef } from "react";

import type { Problem } from "../../../ipc";
import { OVERVIEW_BELOW } from "../canvas/viewport";
import type { Graph } from "../graph/graph";
import { readColors } from "./colors";
import { useCanvas, useEditor } from "./editor";
import { paintOverview } from "./paint";

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
    const paint = (): void => {
      frame = 0;
      const { viewport, size, selection, drag, marquee } = store.getState();
      const density = window.devicePixelRatio || 1;
      const width = Math.round(size.width * density);
      const height = Math.round(size.height * density);
      if (element.width !== width || element.height !== height) {
        element.width = width;
        element.height = height;
      }
      paintOverview(context, { graph, viewport, size, density, selection, drag, marquee, problems, colors });
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
