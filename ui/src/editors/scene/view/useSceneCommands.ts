/** The viewport's commands: for the window's keys while it has the focus, and for the palette while it is shown. */
import { followedPeer } from "../../../presence/follow";
import type { Side } from "../../../viewport/camera/view";
import { AXES } from "../../../viewport/gizmo/handles";
import { useCommands } from "../../../workspace/commands";
import type { Command } from "../../../workspace/commands";
import { MADE, SHAPES } from "../making";
import { useTab } from "./context";

const SIDES: readonly { side: Side; key: string }[] = [
  { side: "front", key: "1" },
  { side: "right", key: "3" },
  { side: "top", key: "7" },
  { side: "back", key: "Ctrl+1" },
  { side: "left", key: "Ctrl+3" },
  { side: "bottom", key: "Ctrl+7" },
];
const ARROWS = [
  { key: "ArrowLeft", word: "left", x: -1, y: 0 },
  { key: "ArrowRight", word: "right", x: 1, y: 0 },
  { key: "ArrowUp", word: "up", x: 0, y: 1 },
  { key: "ArrowDown", word: "down", x: 0, y: -1 },
] as const;

export function useSceneCommands(hasFocus: boolean, isShown: () => boolean): void {
  const { viewer, actions } = useTab();
  const { store } = viewer;
  const some = () => actions.selected().length > 0;
  const several = () => actions.selected().length > 1;
  const ownHidden = () => store.getState().hidden.size + store.getState().solo.size > 0;
  const tool = (tool: "select" | "translate" | "rotate" | "scale") => () => actions.setTools({ tool });
  const commands: Command[] = [
    { id: "select", title: "Select tool", shortcut: "V", run: tool("select") },
    { id: "move", title: "Move tool", shortcut: "W", run: tool("translate") },
    { id: "rotate", title: "Rotate tool", shortcut: "E", run: tool("rotate") },
    { id: "scale", title: "Scale tool", shortcut: "R", run: tool("scale") },
    { id: "grab", title: "Take hold of the selection", shortcut: "G", when: some, run: () => actions.grab() },
    ...AXES.flatMap((axis): Command[] => {
      const name = "XYZ".charAt(axis);
      return [
        {
          id: `grab.${name}`,
          title: `Take hold along ${name}`,
          shortcut: name,
          when: some,
          run: () => actions.grab({ kind: "axis", axis }),
        },
        {
          id: `grabPlane.${name}`,
          title: `Take hold across ${name}`,
          shortcut: `Shift+${name}`,
          when: some,
          run: () => actions.grab({ kind: "plane", across: axis }),
        },
        {
          id: `align.${name}`,
          title: `Align ${name} to the last selected`,
          when: several,
          run: () => actions.align(axis),
        },
        {
          id: `distribute.${name}`,
          title: `Distribute along ${name}`,
          when: () => actions.selected().length > 2,
          run: () => actions.distribute(axis),
        },
      ];
    }),
    {
      id: "duplicateAndMove",
      title: "Duplicate and move",
      shortcut: "Shift+D",
      when: some,
      run: () => actions.grab({ kind: "free" }, true),
    },
    {
      id: "snap",
      title: "Snap while dragging",
      shortcut: "Shift+Tab",
      run: () => actions.setTools({ snapping: !store.getState().tools.snapping }),
    },
    { id: "add", title: "Add…", shortcut: "Shift+A", run: () => actions.openMenu("add", true) },
    ...MADE.map(({ made, title }): Command => ({
      id: `add.${made}`,
      title: `Add: ${title}`,
      run: () => void actions.add(made),
    })),
    ...SHAPES.map(({ shape, title }): Command => ({
      id: `add.${shape}`,
      title: `Add: ${title}`,
      run: () => void actions.addShape(shape),
    })),
    {
      id: "delete",
      title: "Delete the selection",
      shortcut: "Delete Backspace",
      when: some,
      run: actions.remove,
    },
    { id: "duplicate", title: "Duplicate", shortcut: "Ctrl+D", when: some, run: actions.duplicate },
    { id: "selectAll", title: "Select all", shortcut: "Ctrl+A", run: actions.selectAll },
    {
      id: "escape",
      title: "Select nothing",
      shortcut: "Escape",
      // While somebody is followed, the key ends that first.
      when: () => some() && !followedPeer(),
      run: actions.selectNone,
    },
    { id: "group", title: "Group", shortcut: "Ctrl+G", when: some, run: actions.group },
    { id: "ungroup", title: "Ungroup", shortcut: "Ctrl+Shift+G", when: some, run: actions.ungroup },
    {
      id: "parent",
      title: "Hang under the last selected",
      shortcut: "Ctrl+P",
      when: several,
      run: actions.parentTo,
    },
    { id: "unparent", title: "Out of its parent", shortcut: "Alt+P", when: some, run: actions.unparent },
    { id: "drop", title: "Drop to the floor", shortcut: "End", when: some, run: actions.drop },
    {
      id: "resetPosition",
      title: "Reset position",
      shortcut: "Alt+G",
      when: some,
      run: () => actions.reset("translation"),
    },
    {
      id: "resetRotation",
      title: "Reset rotation",
      shortcut: "Alt+R",
      when: some,
      run: () => actions.reset("rotation"),
    },
    {
      id: "resetScale",
      title: "Reset scale",
      shortcut: "Alt+S",
      when: some,
      run: () => actions.reset("scale"),
    },
    { id: "hide", title: "Hide for me", shortcut: "H", when: some, run: actions.hide },
    { id: "showAll", title: "Show all that I hid", shortcut: "Alt+H", when: ownHidden, run: actions.showAll },
    {
      id: "solo",
      title: "Show alone, for me",
      shortcut: "/",
      when: () => some() || ownHidden(),
      run: actions.solo,
    },
    { id: "visible", title: "Visible or not, for everybody", when: some, run: actions.toggleVisible },
    { id: "lock", title: "Lock or unlock", when: some, run: actions.toggleLocked },
    { id: "frame", title: "Frame the selection", shortcut: "F", run: actions.frameSelection },
    { id: "frameAll", title: "Frame everything", shortcut: "Home Shift+F", run: actions.frameAll },
    ...SIDES.map(({ side, key }): Command => ({
      id: `side.${side}`,
      title: `Look from the ${side}`,
      shortcut: key,
      run: () => actions.side(side),
    })),
    { id: "projection", title: "Perspective or orthographic", shortcut: "5", run: actions.toggleProjection },
    { id: "camera", title: "Look through the camera", shortcut: "0", run: actions.throughCamera },
    { id: "looks", title: "How the scene is shown: exposure, surroundings", run: actions.editLooks },
    { id: "nearer", title: "Nearer", shortcut: "+ =", run: () => actions.dolly(1) },
    { id: "away", title: "Farther away", shortcut: "-", run: () => actions.dolly(-1) },
    ...ARROWS.flatMap(({ key, word, x, y }): Command[] => [
      { id: `turn.${word}`, title: `Turn the view ${word}`, shortcut: key, run: () => actions.turn(x, y) },
      {
        id: `pan.${word}`,
        title: `Move the view ${word}`,
        shortcut: `Shift+${key}`,
        run: () => actions.pan(-x, y),
      },
    ]),
  ];
  useCommands(
    commands.map((command) => ({ ...command, id: `scene.${command.id}` })),
    hasFocus,
    isShown,
  );
}
