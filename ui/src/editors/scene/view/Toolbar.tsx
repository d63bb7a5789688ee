import {
  ChevronDown,
  CircleHelp,
  Magnet,
  MousePointer2,
  Move3d,
  Plus,
  Rotate3d,
  Scale3d,
  Sun,
  Video,
} from "lucide-react";
import type { ReactNode } from "react";

import { IconButton, Menu } from "../../../design";
import type { MenuEntry } from "../../../design";
import type { Pivot, Space } from "../../../viewport/gizmo/placing";
import type { Shading } from "../../../viewport/stage/stage";
import { useTab, useViewState } from "./context";
import { KEYS } from "./keys";
import { addEntries } from "./SceneMenu";
import type { SnapTarget, Tools } from "./state";

const TOOLS: readonly { tool: Tools["tool"]; label: string; shortcut: string; icon: ReactNode }[] = [
  { tool: "select", label: "Select", shortcut: "V", icon: <MousePointer2 size={15} /> },
  { tool: "translate", label: "Move", shortcut: "W", icon: <Move3d size={15} /> },
  { tool: "rotate", label: "Rotate", shortcut: "E", icon: <Rotate3d size={15} /> },
  { tool: "scale", label: "Scale", shortcut: "R", icon: <Scale3d size={15} /> },
];
export const SPACES: readonly { value: Space; label: string }[] = [
  { value: "world", label: "World" },
  { value: "local", label: "Local" },
  { value: "parent", label: "Parent" },
];
export const PIVOTS: readonly { value: Pivot; label: string }[] = [
  { value: "median", label: "Median" },
  { value: "active", label: "Active" },
  { value: "each", label: "Each its own" },
];
const SNAPS: readonly { value: SnapTarget; label: string }[] = [
  { value: "grid", label: "Grid" },
  { value: "surface", label: "Surface under the pointer" },
  { value: "vertex", label: "Vertex under the pointer" },
];
const STEPS = [0.01, 0.1, 0.25, 0.5, 1, 10];
const TURNS = [1, 5, 15, 45, 90];
export const SHADINGS: readonly { value: Shading; label: string }[] = [
  { value: "shaded", label: "Shaded" },
  { value: "unlit", label: "Unlit" },
  { value: "wireframe", label: "Wireframe" },
  { value: "overdraw", label: "Overdraw" },
];

/** Tools and how they work, above the picture. */
export function Toolbar() {
  const { actions } = useTab();
  const { tools, view } = useViewState();
  const choices = <K extends "space" | "pivot" | "snapTo" | "shading">(
    key: K,
    list: readonly { value: Tools[K]; label: string }[],
  ): MenuEntry[] =>
    list.map(({ value, label }) => ({
      kind: "choice",
      label,
      checked: tools[key] === value,
      run: () => actions.setTools({ [key]: value }),
    }));
  const numbers = (key: "step" | "turn", list: readonly number[], unit: string): MenuEntry[] =>
    list.map((value) => ({
      kind: "choice",
      label: `${value}${unit}`,
      checked: tools[key] === value,
      run: () => actions.setTools({ [key]: value }),
    }));
  return (
    <div className="scene-toolbar" role="toolbar" aria-label="Scene tools" data-own-pointer>
      <div className="scene-tools" role="radiogroup" aria-label="Tool">
        {TOOLS.map(({ tool, label, shortcut, icon }) => (
          <IconButton
            key={tool}
            label={label}
            shortcut={shortcut}
            role="radio"
            aria-checked={tools.tool === tool}
            onClick={() => actions.setTools({ tool })}
          >
            {icon}
          </IconButton>
        ))}
      </div>
      <Drop label="Axes" value={labelOf(SPACES, tools.space)} entries={choices("space", SPACES)} />
      <Drop label="Pivot" value={labelOf(PIVOTS, tools.pivot)} entries={choices("pivot", PIVOTS)} />
      <div className="scene-tools">
        <IconButton
          label="Snap while dragging"
          shortcut="Shift+Tab"
          aria-pressed={tools.snapping}
          onClick={() => actions.setTools({ snapping: !tools.snapping })}
        >
          <Magnet size={15} />
        </IconButton>
        <Drop
          label="Snap to"
          value={tools.snapTo === "grid" ? `${tools.step} m, ${tools.turn}°` : tools.snapTo}
          entries={[
            ...choices("snapTo", SNAPS),
            { kind: "separator" },
            { kind: "label", label: "Metres" },
            ...numbers("step", STEPS, " m"),
            { kind: "separator" },
            { kind: "label", label: "Degrees" },
            ...numbers("turn", TURNS, "°"),
          ]}
        />
      </div>
      <span className="scene-toolbar-gap" />
      <Drop label="Add" value="Add" icon={<Plus size={14} aria-hidden />} entries={addEntries(actions)} />
      <Drop
        label="Shading and grid"
        value={labelOf(SHADINGS, tools.shading)}
        entries={[
          ...choices("shading", SHADINGS),
          { kind: "separator" },
          {
            kind: "choice",
            label: "Grid and axes",
            checked: tools.grid,
            run: () => actions.setTools({ grid: !tools.grid }),
          },
          {
            kind: "choice",
            label: "Orthographic",
            checked: view.projection === "orthographic",
            run: actions.toggleProjection,
          },
        ]}
      />
      <IconButton label="How the scene is shown" onClick={() => void actions.editLooks()}>
        <Sun size={15} />
      </IconButton>
      <IconButton
        label="Look through the camera"
        shortcut="0"
        aria-pressed={view.through !== null}
        onClick={actions.throughCamera}
      >
        <Video size={15} />
      </IconButton>
      <KeyList />
    </div>
  );
}

/** The list of keys, which is short enough to be looked at. */
function KeyList() {
  const entries: MenuEntry[] = KEYS.flatMap(({ title, keys }, at): MenuEntry[] => [
    ...(at > 0 ? [{ kind: "separator" } as const] : []),
    { kind: "label", label: title },
    ...keys.map(([label, shortcut]): MenuEntry => ({
      label,
      shortcut,
      disabled: true,
      run: () => undefined,
    })),
  ]);
  return (
    <Menu
      align="end"
      entries={entries}
      trigger={
        <button type="button" className="ui-icon-button" aria-label="Mouse and keys of the scene">
          <CircleHelp size={15} aria-hidden />
        </button>
      }
    />
  );
}

interface DropProps {
  label: string;
  value: string;
  icon?: ReactNode;
  entries: readonly MenuEntry[];
}

function Drop({ label, value, icon, entries }: DropProps) {
  return (
    <Menu
      entries={entries}
      trigger={
        <button
          type="button"
          className="scene-drop"
          aria-label={value === label ? label : `${label}: ${value}`}
        >
          {icon}
          <span>{value}</span>
          <ChevronDown size={12} aria-hidden />
        </button>
      }
    />
  );
}

function labelOf<T>(list: readonly { value: T; label: string }[], value: T): string {
  return list.find((one) => one.value === value)?.label ?? "";
}
