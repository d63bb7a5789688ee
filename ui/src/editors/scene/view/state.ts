/** What the viewport of a scene shows besides the scene. */
import { createStore } from "zustand/vanilla";

import { START, readView } from "../../../viewport/camera/view";
import type { At, PictureSize, View } from "../../../viewport/camera/view";
import type { Constraint, Frame, Tool } from "../../../viewport/gizmo/handles";
import type { Motion } from "../../../viewport/gizmo/motion";
import type { Pivot, Placed, Space, Subject } from "../../../viewport/gizmo/placing";
import type { Typed } from "../../../viewport/gizmo/typed";
import type { Shading } from "../../../viewport/stage/stage";

/** What a drag snaps to while snapping is on. */
export type SnapTarget = "grid" | "surface" | "vertex";

/** How one works, which each person has for themselves. */
export interface Tools {
  readonly tool: "select" | Tool;
  readonly space: Space;
  readonly pivot: Pivot;
  readonly snapping: boolean;
  readonly snapTo: SnapTarget;
  /** Metres. */
  readonly step: number;
  /** Degrees. */
  readonly turn: number;
  readonly shading: Shading;
  readonly grid: boolean;
}

/** A drag of what is selected, by pointer or by keys. */
export interface Dragging {
  readonly tool: Tool;
  readonly constraint: Constraint;
  readonly space: Space;
  readonly subjects: readonly Subject[];
  readonly frame: Frame;
  readonly from: At;
  readonly to: At;
  readonly typed: Typed;
  /** What the arrow keys gave, for each free axis. */
  readonly stepped: readonly number[];
  readonly motion: Motion;
  readonly placed: readonly Placed[];
  /** Whether copies are dragged, and what they are of stays. */
  readonly copies: boolean;
  readonly byKeys: boolean;
}

export interface ViewState {
  readonly view: View;
  readonly size: PictureSize;
  readonly tools: Tools;
  /** Entities that are selected; the last is the active one. */
  readonly selection: readonly string[];
  readonly hover: Constraint | null;
  readonly drag: Dragging | null;
  readonly marquee: { readonly from: At; readonly to: At } | null;
  /** An open menu: of the scene, or of what lies under a place. */
  readonly menu: {
    readonly at: At;
    readonly kind: "scene" | "under" | "add";
    readonly byKeyboard: boolean;
  } | null;
  /** What this person hid for themselves, and what alone they see; nothing of it is content. */
  readonly hidden: ReadonlySet<string>;
  readonly solo: ReadonlySet<string>;
  /** Another number when entities stand elsewhere or look otherwise. */
  readonly revision: number;
  readonly loading: number;
  readonly problems: readonly { collection: string; id: string; message: string }[];
  /** Why nothing can be drawn, if so. */
  readonly failure: string | null;
}

const TOOLS: Tools = {
  tool: "translate",
  space: "world",
  pivot: "median",
  snapping: false,
  snapTo: "grid",
  step: 0.5,
  turn: 15,
  shading: "shaded",
  grid: true,
};

export type ViewStore = ReturnType<typeof createViewStore>;

/** As it was left, where it was kept. */
export function createViewStore(kept: unknown) {
  const { view, tools, hidden, solo } = (typeof kept === "object" && kept !== null ? kept : {}) as Partial<
    Record<string, unknown>
  >;
  return createStore<ViewState>(() => ({
    view: readView(view) ?? START,
    size: { width: 0, height: 0 },
    tools: readTools(tools),
    selection: [],
    hover: null,
    drag: null,
    marquee: null,
    menu: null,
    hidden: idsOf(hidden),
    solo: idsOf(solo),
    revision: 0,
    loading: 0,
    problems: [],
    failure: null,
  }));
}

/** What of it is kept. */
export function kept({ view, tools, hidden, solo }: ViewState) {
  return { view, tools, hidden: [...hidden], solo: [...solo] };
}

/** Each of the tools that was kept and is still one. */
function readTools(kept: unknown): Tools {
  const given = (typeof kept === "object" && kept !== null ? kept : {}) as Record<string, unknown>;
  const oneOf = <T>(key: keyof Tools, values: readonly T[], fallback: T): T =>
    values.includes(given[key] as T) ? (given[key] as T) : fallback;
  const positive = (key: keyof Tools, fallback: number) => {
    const value = given[key];
    return typeof value === "number" && isFinite(value) && value > 0 ? value : fallback;
  };
  return {
    tool: oneOf("tool", ["select", "translate", "rotate", "scale"], TOOLS.tool),
    space: oneOf("space", ["world", "local", "parent"], TOOLS.space),
    pivot: oneOf("pivot", ["active", "median", "each"], TOOLS.pivot),
    snapping: oneOf("snapping", [true, false], TOOLS.snapping),
    snapTo: oneOf("snapTo", ["grid", "surface", "vertex"], TOOLS.snapTo),
    step: positive("step", TOOLS.step),
    turn: positive("turn", TOOLS.turn),
    shading: oneOf("shading", ["shaded", "unlit", "wireframe", "overdraw"], TOOLS.shading),
    grid: oneOf("grid", [true, false], TOOLS.grid),
  };
}

function idsOf(kept: unknown): ReadonlySet<string> {
  return new Set(Array.isArray(kept) ? kept.filter((id) => typeof id === "string") : []);
}
