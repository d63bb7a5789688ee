/** What a canvas shows besides the document: the view, the selection and the gesture in progress. */

import { createStore, type StoreApi } from "zustand/vanilla";

import type { Picked } from "../gestures/changes";
import type { Point, Rect, Size } from "../model/records";
import type { PinAddress, PinType, Verdict } from "../pins";
import type { Viewport } from "./viewport";

/** Records that follow the pointer. */
export interface Drag {
  nodes: ReadonlySet<string>;
  comments: ReadonlySet<string>;
  by: Point;
}

/** What a marquee would select if it ended now. */
export interface Marquee {
  rect: Rect;
  nodes: ReadonlySet<string>;
  comments: ReadonlySet<string>;
}

/** A wire being drawn; constant while it is. */
export interface Connecting {
  from: PinAddress;
  type: PinType;
  start: Point;
  /** The wire whose end is being moved, if it is not a new one. */
  wire?: string;
}

/** Where the loose end of that wire is. */
export interface LooseEnd {
  at: Point;
  over?: PinAddress;
  verdict?: Verdict;
}

export interface PaletteRequest {
  /** Where it opens, on the canvas element. */
  screen: Point;
  /** Where the node will stand. */
  at: Point;
  /** The pin the new node is wired to. */
  pin?: PinAddress;
}

export type MenuTarget =
  | { kind: "canvas" }
  | { kind: "node"; id: string }
  | { kind: "wire"; id: string; segment: number }
  | { kind: "comment"; id: string }
  | { kind: "align" }
  | { kind: "drop"; type: string; id: string };

export interface MenuRequest {
  screen: Point;
  at: Point;
  target: MenuTarget;
  /** Whether a key opened it. */
  byKeyboard?: boolean;
}

export interface CanvasState {
  viewport: Viewport;
  size: Size;
  selection: Picked;
  drag: Drag | null;
  resize: { id: string; rect: Rect } | null;
  marquee: Marquee | null;
  connecting: Connecting | null;
  loose: LooseEnd | null;
  route: { wire: string; route: Point[] } | null;
  hoveredWire: string | null;
  palette: PaletteRequest | null;
  menu: MenuRequest | null;
  /** The pin for which "Connect to…" lists partners. */
  connectFrom: { pin: PinAddress; screen: Point } | null;
  /** The record whose text is being edited in place. */
  naming: { kind: "node" | "comment"; id: string } | null;
  snapping: boolean;
}

export type CanvasStore = StoreApi<CanvasState>;

export const nothingPicked: Picked = { nodes: new Set(), wires: new Set(), comments: new Set() };

export function createCanvasStore(): CanvasStore {
  return createStore<CanvasState>(() => ({
    viewport: { x: 0, y: 0, zoom: 1 },
    size: { width: 0, height: 0 },
    selection: nothingPicked,
    drag: null,
    resize: null,
    marquee: null,
    connecting: null,
    loose: null,
    route: null,
    hoveredWire: null,
    palette: null,
    menu: null,
    connectFrom: null,
    naming: null,
    snapping: true,
  }));
}
