/** The canvas's commands: for the window's keys while it has the focus, and for the palette while it is shown. */

import { useCommands, type Command } from "../../workspace/commands";
import { followedPeer } from "../../presence/follow";
import type { Actions } from "../canvas/actions";
import type { Nudging } from "../gestures/nudge";
import type { Point } from "../model/records";
import { GRID } from "../model/snap";
import type { Editor } from "./editor";

interface Attention {
  /** Whether the canvas has the focus. */
  hasFocus: boolean;
  isShown: () => boolean;
}

export function useCanvasCommands(
  editor: Editor,
  actions: Actions,
  nudge: Nudging,
  { hasFocus, isShown }: Attention,
): void {
  const { store, graph } = editor;
  const picked = (): boolean => {
    const { nodes, wires, comments } = store.getState().selection;
    return nodes.size + wires.size + comments.size > 0;
  };
  const movable = (): boolean => {
    const { nodes, comments } = store.getState().selection;
    return nodes.size + comments.size > 0;
  };
  const filled = (): boolean => graph().nodes.size + graph().comments.size > 0;
  const commands: Command[] = [
    { id: "add", title: "Add a node…", shortcut: "Tab", run: () => actions.add() },
    {
      id: "delete",
      title: "Delete the selection",
      shortcut: "Delete Backspace",
      when: picked,
      run: actions.remove,
    },
    { id: "cut", title: "Cut", shortcut: "Ctrl+X", when: movable, run: actions.cut },
    {
      id: "copy",
      title: "Copy",
      shortcut: "Ctrl+C",
      when: movable,
      run: () => void actions.copy(),
    },
    { id: "paste", title: "Paste", shortcut: "Ctrl+V", run: () => actions.paste() },
    {
      id: "duplicate",
      title: "Duplicate",
      shortcut: "Ctrl+D",
      when: movable,
      run: actions.duplicate,
    },
    {
      id: "selectAll",
      title: "Select all",
      shortcut: "Ctrl+A",
      when: filled,
      run: actions.selectAll,
    },
    {
      id: "escape",
      title: "Select nothing",
      shortcut: "Escape",
      // While somebody is followed, the key ends that first.
      when: () => picked() && !followedPeer(),
      run: actions.escape,
    },
    {
      id: "frame",
      title: "Show the selection",
      shortcut: "F",
      when: filled,
      run: actions.frameSelection,
    },
    {
      id: "frameAll",
      title: "Show everything",
      shortcut: "Shift+F Home",
      when: filled,
      run: actions.frameAll,
    },
    { id: "zoomIn", title: "Zoom in", shortcut: "+ = Ctrl++ Ctrl+=", run: actions.zoomIn },
    { id: "zoomOut", title: "Zoom out", shortcut: "- Ctrl+-", run: actions.zoomOut },
    { id: "zoomActual", title: "Zoom to 100 %", shortcut: "Ctrl+0", run: actions.zoomActual },
    {
      id: "comment",
      title: "Comment around the selection",
      shortcut: "C",
      run: () => actions.comment(),
    },
    { id: "rename", title: "Rename", shortcut: "F2", when: movable, run: actions.rename },
    { id: "align", title: "Align…", shortcut: "Q", when: filled, run: actions.alignMenu },
    {
      id: "straighten",
      title: "Straighten wires",
      shortcut: "Shift+Q",
      when: movable,
      run: actions.straighten,
    },
    { id: "layout", title: "Lay out automatically", when: filled, run: actions.layout },
    { id: "disconnect", title: "Disconnect the selection", when: picked, run: actions.disconnect },
    ...arrows((step) => nudge.by(step), movable),
    ...walks(actions, filled),
  ];
  const { kind } = graph().language;
  useCommands(
    commands.map((command) => ({ ...command, id: `${kind}.${command.id}` })),
    hasFocus,
    isShown,
  );
}

const STEPS: readonly { key: string; word: "left" | "right" | "up" | "down"; x: number; y: number }[] = [
  { key: "ArrowLeft", word: "left", x: -1, y: 0 },
  { key: "ArrowRight", word: "right", x: 1, y: 0 },
  { key: "ArrowUp", word: "up", x: 0, y: -1 },
  { key: "ArrowDown", word: "down", x: 0, y: 1 },
];

function arrows(by: (step: Point) => void, when: () => boolean): Command[] {
  return STEPS.flatMap(({ key, word, x, y }) => [
    {
      id: `nudge.${word}`,
      title: `Move ${word}`,
      shortcut: key,
      when,
      run: () => by({ x: x * GRID, y: y * GRID }),
    },
    {
      id: `nudgeFar.${word}`,
      title: `Move ${word} far`,
      shortcut: `Shift+${key}`,
      when,
      run: () => by({ x: x * GRID * 8, y: y * GRID * 8 }),
    },
  ]);
}

function walks(actions: Actions, when: () => boolean): Command[] {
  return STEPS.flatMap(({ key, word }) => [
    {
      id: `walk.${word}`,
      title: `Select the node ${sideOf(word)}`,
      shortcut: `Alt+${key}`,
      when,
      run: () => actions.walk(word, false),
    },
    {
      id: `walkAdd.${word}`,
      title: `Add the node ${sideOf(word)} to the selection`,
      shortcut: `Alt+Shift+${key}`,
      when,
      run: () => actions.walk(word, true),
    },
  ]);
}

function sideOf(word: "left" | "right" | "up" | "down"): string {
  return word === "up" ? "above" : word === "down" ? "below" : `to the ${word}`;
}
