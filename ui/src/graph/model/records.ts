/**
 * The records of a graph as the canvas reads them. Fields keep their stored names; map fields stand entry by entry
 * (`values.a`). Whatever a record lacks or spoils reads as a default: a canvas must draw any document.
 */

import type { Change, FieldValue, Point, RecordData, Records, Size } from "../../ipc/types";

export type { Change, FieldValue, Point, RecordData, Records, Size };

export interface Rect extends Point, Size {}

/** A typed value: `value` lists its components; `"NaN"`, `"Infinity"` and `"-Infinity"` stand for those numbers. */
export type Literal = { type: string; value: FieldValue[] };

export type WireKind = "flow" | "value";

/** Fields to write; a null clears the field. */
export type Fields = Record<string, FieldValue>;

/** One intention of a person: becomes one event. */
export interface Gesture {
  type: string;
  changes: Change[];
}

const finite = (value: unknown, fallback: number): number =>
  typeof value === "number" && Number.isFinite(value) ? value : fallback;

export const isMap = (value: unknown): value is Record<string, FieldValue> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function pointOf(value: unknown): Point {
  const point = isMap(value) ? value : {};
  return { x: finite(point["x"], 0), y: finite(point["y"], 0) };
}

/** Whether the node has a place of its own yet. */
export function isPlaced(node: RecordData): boolean {
  return isMap(node["position"]);
}

export function positionOf(record: RecordData): Point {
  return pointOf(record["position"]);
}

export function sizeOf(record: RecordData): Size {
  const size = isMap(record["size"]) ? record["size"] : {};
  return {
    width: Math.max(finite(size["width"], 240), 48),
    height: Math.max(finite(size["height"], 160), 48),
  };
}

export function textOf(record: RecordData, field: string): string {
  const value = record[field];
  return typeof value === "string" ? value : "";
}

export function routeOf(wire: RecordData): Point[] {
  const route = wire["route"];
  return Array.isArray(route) ? route.map(pointOf) : [];
}

export function wireKindOf(wire: RecordData): WireKind {
  return wire["kind"] === "flow" ? "flow" : "value";
}

/** The value typed into an input socket, if there is one. */
export function literalOf(node: RecordData, socket: string): Literal | undefined {
  const literal = node[`values.${socket}`];
  if (!isMap(literal) || typeof literal["type"] !== "string") return undefined;
  return { type: literal["type"], value: Array.isArray(literal["value"]) ? literal["value"] : [] };
}

export function rectOf(position: Point, size: Size): Rect {
  return { x: position.x, y: position.y, width: size.width, height: size.height };
}

/** The smallest rectangle around all of them; none around nothing. */
export function boundsOf(rects: Iterable<Rect>): Rect | undefined {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (const rect of rects) {
    left = Math.min(left, rect.x);
    top = Math.min(top, rect.y);
    right = Math.max(right, rect.x + rect.width);
    bottom = Math.max(bottom, rect.y + rect.height);
  }
  return left <= right ? { x: left, y: top, width: right - left, height: bottom - top } : undefined;
}

export function intersects(a: Rect, b: Rect): boolean {
  return a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height;
}

export function contains(outer: Rect, inner: Rect): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

export function holds(rect: Rect, point: Point): boolean {
  return (
    point.x >= rect.x &&
    point.y >= rect.y &&
    point.x <= rect.x + rect.width &&
    point.y <= rect.y + rect.height
  );
}

/** The rectangle between two corners. */
export function rectBetween(a: Point, b: Point): Rect {
  return {
    x: Math.min(a.x, b.x),
    y: Math.min(a.y, b.y),
    width: Math.abs(a.x - b.x),
    height: Math.abs(a.y - b.y),
  };
}

export function grow(rect: Rect, by: number): Rect {
  return { x: rect.x - by, y: rect.y - by, width: rect.width + 2 * by, height: rect.height + 2 * by };
}
