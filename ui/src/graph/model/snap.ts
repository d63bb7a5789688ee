import type { Point } from "./records";

/** The grid that moves snap to, in canvas pixels. */
export const GRID = 4;

export function snap(point: Point, grid = GRID): Point {
  return { x: Math.round(point.x / grid) * grid, y: Math.round(point.y / grid) * grid };
}
