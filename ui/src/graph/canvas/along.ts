/** Looking where somebody else looks. */

import type { Rect, Size } from "../model/records";
import { clampZoom, type Viewport } from "./viewport";

/** In this time, in milliseconds, about two thirds of the way are gone. */
const PACE = 70;
/** Nearer than this, in screen pixels, is there. */
const THERE = 0.5;

/** The view that shows all that somebody else sees, in the middle, as large as it can be. */
export function showing(seen: Rect, size: Size): Viewport {
  const zoom = clampZoom(Math.min(size.width / seen.width, size.height / seen.height));
  return {
    x: size.width / 2 - (seen.x + seen.width / 2) * zoom,
    y: size.height / 2 - (seen.y + seen.height / 2) * zoom,
    zoom,
  };
}

/** The view so many milliseconds later on the way to another: fast when far, the other itself when near. */
export function approached(from: Viewport, to: Viewport, elapsed: number): Viewport {
  const share = 1 - Math.exp(-elapsed / PACE);
  const between = (a: number, b: number): number => a + (b - a) * share;
  const next = { x: between(from.x, to.x), y: between(from.y, to.y), zoom: between(from.zoom, to.zoom) };
  const near = Math.abs(next.x - to.x) < THERE && Math.abs(next.y - to.y) < THERE;
  return near && Math.abs(next.zoom / to.zoom - 1) < 0.001 ? to : next;
}

export function sameView(a: Viewport, b: Viewport): boolean {
  return a.x === b.x && a.y === b.y && a.zoom === b.zoom;
}
