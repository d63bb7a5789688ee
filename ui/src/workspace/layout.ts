/** Where panels stand: the default, and what a person made of it. */
import type { DockviewApi, SerializedDockview } from "dockview-react";

/** Bumped when panels are added or renamed; older layouts are then left behind. */
const KEY = "wissil.layout.2";

export const OVERVIEW = "overview";

/** The tool panels, with their titles. Documents come and go in the centre. */
export const TOOLS = {
  hierarchy: "Hierarchy",
  assets: "Assets",
  variables: "Variables",
  outline: "Outline",
  inspector: "Inspector",
  session: "Session",
  problems: "Problems",
  connection: "Connection",
} as const;

export type Tool = keyof typeof TOOLS;

const LEFT_WIDTH = 292;
const RIGHT_WIDTH = 268;
const BOTTOM_HEIGHT = 208;

/** Builds the default layout around an overview in the centre. */
export function buildLayout(api: DockviewApi): void {
  api.clear();
  const tool = (id: Tool) => ({ id, component: id, title: TOOLS[id], tabComponent: "tool" });
  const center = addOverview(api);
  // The bottom first, so that it spans the whole width below the side panels.
  api.addPanel({
    ...tool("session"),
    position: { referencePanel: center, direction: "below" },
    initialHeight: BOTTOM_HEIGHT,
  });
  api.addPanel({
    ...tool("problems"),
    position: { referencePanel: "session", direction: "within" },
    inactive: true,
  });
  api.addPanel({
    ...tool("connection"),
    position: { referencePanel: "session", direction: "within" },
    inactive: true,
  });
  api.addPanel({
    ...tool("hierarchy"),
    position: { referencePanel: center, direction: "left" },
    initialWidth: LEFT_WIDTH,
  });
  api.addPanel({
    ...tool("assets"),
    position: { referencePanel: "hierarchy", direction: "within" },
    inactive: true,
  });
  api.addPanel({
    ...tool("variables"),
    position: { referencePanel: "hierarchy", direction: "within" },
    inactive: true,
  });
  api.addPanel({
    ...tool("outline"),
    position: { referencePanel: "hierarchy", direction: "within" },
    inactive: true,
  });
  api.addPanel({
    ...tool("inspector"),
    position: { referencePanel: center, direction: "right" },
    initialWidth: RIGHT_WIDTH,
  });
  center.api.setActive();
}

/** The centre's own panel, there while no document is. */
export function addOverview(api: DockviewApi, beside?: string) {
  return api.addPanel({
    id: OVERVIEW,
    component: OVERVIEW,
    title: "Documents",
    tabComponent: "tool",
    ...(beside === undefined ? {} : { position: { referencePanel: beside, direction: "within" as const } }),
  });
}

export function saveLayout(session: string, api: DockviewApi): void {
  localStorage.setItem(`${KEY}.${session}`, JSON.stringify(api.toJSON()));
}

export function forgetLayout(session: string): void {
  localStorage.removeItem(`${KEY}.${session}`);
}

/** Puts panels where they stood; false when nothing usable is remembered. */
export function restoreLayout(session: string, api: DockviewApi): boolean {
  const stored = localStorage.getItem(`${KEY}.${session}`);
  if (stored === null) return false;
  try {
    api.fromJSON(JSON.parse(stored) as SerializedDockview);
    return Object.keys(TOOLS).every((id) => api.getPanel(id)) && api.panels.length > 0;
  } catch {
    return false;
  }
}
