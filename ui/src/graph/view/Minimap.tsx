/** The whole graph in a corner, with the view as a frame to drag. Everything it does the keyboard does otherwise. */

import { useEffect, useRef, type PointerEvent } from "react";

import { boundsOf, grow, type Point, type Rect } from "../model/records";
import type { Graph } from "../model/graph";
import { visibleArea } from "../canvas/viewport";
import { readColors } from "./colors";
import { useEditor } from "./editor";

const WIDTH = 150;
const HEIGHT = 92;
const MARGIN = 6;

export function Minimap({ graph }: { graph: Graph }) {
  const { store, look } = useEditor();
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<{ scale: number; left: number; top: number }>({ scale: 1, left: 0, top: 0 });

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context) return undefined;
    const colors = readColors(element);
    const density = window.devicePixelRatio || 1;
    element.width = WIDTH * density;
    element.height = HEIGHT * density;
    const rects = [...graph.nodes.values()].map(({ rect }) => rect);
    const bounds = boundsOf(rects);
    let waiting = 0;
    const picture = pictureOf(graph, colors.family, density);
    const paint = (): void => {
      waiting = 0;
      const { viewport, size, selection } = store.getState();
      const visible = visibleArea(viewport, size);
      const whole = grow(boundsOf(bounds ? [bounds, visible] : [visible]) ?? visible, 40);
      const scale = Math.min((WIDTH - 2 * MARGIN) / whole.width, (HEIGHT - 2 * MARGIN) / whole.height);
      const left = whole.x - (WIDTH / scale - whole.width) / 2;
      const top = whole.y - (HEIGHT / scale - whole.height) / 2;
      frame.current = { scale, left, top };
      const at = ({ x, y }: Point): Point => ({ x: (x - left) * scale, y: (y - top) * scale });
      context.setTransform(density, 0, 0, density, 0, 0);
      context.clearRect(0, 0, WIDTH, HEIGHT);
      if (bounds && picture) {
        const { x, y } = at(bounds);
        context.drawImage(
          picture,
          x,
          y,
          Math.max(bounds.width * scale, 2),
          Math.max(bounds.height * scale, 2),
        );
      }
      context.fillStyle = colors.accent;
      for (const id of selection.nodes) {
        const rect = graph.nodes.get(id)?.rect;
        if (rect) fill(context, at(rect), rect, scale);
      }
      const corner = at(visible);
      context.strokeStyle = colors.frame;
      context.strokeRect(corner.x + 0.5, corner.y + 0.5, visible.width * scale, visible.height * scale);
    };
    paint();
    const stop = store.subscribe(({ viewport, size, selection }, before) => {
      if (viewport === before.viewport && size === before.size && selection === before.selection) return;
      waiting ||= requestAnimationFrame(paint);
    });
    return () => {
      stop();
      cancelAnimationFrame(waiting);
    };
  }, [store, graph]);

  const moveTo = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (event.buttons !== 1) return;
    const { viewport, size } = store.getState();
    const { scale, left, top } = frame.current;
    const box = event.currentTarget.getBoundingClientRect();
    const x = (event.clientX - box.x) / scale + left;
    const y = (event.clientY - box.y) / scale + top;
    look(
      { x: size.width / 2 - x * viewport.zoom, y: size.height / 2 - y * viewport.zoom, zoom: viewport.zoom },
      false,
    );
  };
  return (
    <canvas
      ref={canvas}
      className="bp-minimap"
      data-own-pointer
      aria-hidden="true"
      style={{ width: WIDTH, height: HEIGHT }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        moveTo(event);
      }}
      onPointerMove={moveTo}
    />
  );
}

/** The nodes drawn once per edit, so that panning only moves a picture. */
function pictureOf(
  graph: Graph,
  family: (family: string) => string,
  density: number,
): HTMLCanvasElement | undefined {
  const bounds = boundsOf([...graph.nodes.values()].map(({ rect }) => rect));
  if (!bounds) return undefined;
  const picture = document.createElement("canvas");
  const scale = Math.min(WIDTH / Math.max(bounds.width, 1), HEIGHT / Math.max(bounds.height, 1)) * density;
  picture.width = Math.max(Math.ceil(bounds.width * scale), 1);
  picture.height = Math.max(Math.ceil(bounds.height * scale), 1);
  const context = picture.getContext("2d");
  if (!context) return undefined;
  for (const { rect, shape } of graph.nodes.values()) {
    context.fillStyle = family(shape.known ? shape.family : "unknown");
    fill(context, { x: (rect.x - bounds.x) * scale, y: (rect.y - bounds.y) * scale }, rect, scale);
  }
  return picture;
}

function fill(
  context: CanvasRenderingContext2D,
  { x, y }: Point,
  { width, height }: Rect,
  scale: number,
): void {
  context.fillRect(x, y, Math.max(width * scale, 1.5), Math.max(height * scale, 1.5));
}
