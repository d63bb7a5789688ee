/** Where the canvas looks: conversions, fitting, and the part of it that is worth mounting. */

import { contains, type Point, type Rect, type Size } from "../model/records";

/** Screen = canvas × zoom + (x, y); screen points are relative to the canvas element. */
export interface Viewport extends Point {
  zoom: number;
}

/** A view as it was kept; undefined where it is none. */
export function viewOf(kept: unknown): Viewport | undefined {
  const { x, y, zoom } = (kept ?? {}) as Partial<Record<keyof Viewport, unknown>>;
  const isView = [x, y, zoom].every((number) => typeof number === "number" && Number.isFinite(number));
  return isView ? { x: Number(x), y: Number(y), zoom: clampZoom(Number(zoom)) } : undefined;
}

export const MIN_ZOOM = 0.02;
export const MAX_ZOOM = 2.5;
/** Below this, nodes are drawn as one picture: mounted ones would make the view ten times slower. */
export const OVERVIEW_BELOW = 0.35;

export function toCanvas({ x, y, zoom }: Viewport, point: Point): Point {
  return { x: (point.x - x) / zoom, y: (point.y - y) / zoom };
}

export function toScreen({ x, y, zoom }: Viewport, point: Point): Point {
  return { x: point.x * zoom + x, y: point.y * zoom + y };
}

/** The part of the canvas that is on screen. */
export function visibleArea(viewport: Viewport, size: Size): Rect {
  const corner = toCanvas(viewport, { x: 0, y: 0 });
  return { ...corner, width: size.width / viewport.zoom, height: size.height / viewport.zoom };
}

/** The same view, magnified around a point of the screen. */
export function zoomedAt(viewport: Viewport, point: Point, zoom: number): Viewport {
  const next = clampZoom(zoom);
  const { x, y } = toCanvas(viewport, point);
  return { x: point.x - x * next, y: point.y - y * next, zoom: next };
}

/** The view that shows the rectangle whole, at most at its natural size. */
export function fitted(rect: Rect, size: Size, margin = 48): Viewport {
  const room = { width: Math.max(size.width - 2 * margin, 1), height: Math.max(size.height - 2 * margin, 1) };
  const zoom = clampZoom(
    Math.min(room.width / Math.max(rect.width, 1), room.height / Math.max(rect.height, 1), 1),
  );
  return {
    x: size.width / 2 - (rect.x + rect.width / 2) * zoom,
    y: size.height / 2 - (rect.y + rect.height / 2) * zoom,
    zoom,
  };
}

/** The view moved as little as needed for the rectangle to be on screen. */
export function revealed(viewport: Viewport, rect: Rect, size: Size, margin = 32): Viewport {
  const corner = toScreen(viewport, rect);
  const shift = (start: number, length: number, room: number): number => {
    if (length > room - 2 * margin) return room / 2 - start - length / 2;
    if (start < margin) return margin - start;
    const over = start + length - (room - margin);
    return over > 0 ? -over : 0;
  };
  return {
    ...viewport,
    x: viewport.x + shift(corner.x, rect.width * viewport.zoom, size.width),
    y: viewport.y + shift(corner.y, rect.height * viewport.zoom, size.height),
  };
}

/**
 * The area whose nodes are handed to React Flow: the visible part with half a screen around it. It stays the same, so
 * that panning changes nothing, until the view leaves it or has shrunk far inside it.
 */
export function mountedArea(previous: Rect | undefined, visible: Rect): Rect {
  if (previous && contains(previous, visible) && previous.width <= visible.width * 4) return previous;
  return {
    x: visible.x - visible.width / 2,
    y: visible.y - visible.height / 2,
    width: visible.width * 2,
    height: visible.height * 2,
  };
}

export function clampZoom(zoom: number): number {
  return Math.min(Math.max(zoom, MIN_ZOOM), MAX_ZOOM);
}
