import { PointMenu } from "../../../design";
import type { MenuEntry } from "../../../design";
import { AXES } from "../../../viewport/gizmo/handles";
import { MADE, SHAPES } from "../making";
import type { Actions } from "./actions";
import { useTab, useViewState } from "./context";
import type { Viewer } from "./viewer";

/** The menus that open in the picture: of what is selected, of what lies under a place, and of what can be added. */
export function SceneMenu({ focus }: { focus: () => void }) {
  const { viewer, actions } = useTab();
  const menu = useViewState((state) => state.menu);
  if (!menu) return null;
  const at = viewer.onPage(menu.at);
  const [label, entries] =
    menu.kind === "under"
      ? ["Under the pointer", underEntries(viewer, menu.at)]
      : menu.kind === "add"
        ? ["Add", addEntries(actions)]
        : ["Scene", sceneEntries(viewer, actions)];
  const close = () => {
    if (viewer.store.getState().menu === menu) viewer.store.setState({ menu: null });
    focus();
  };
  return <PointMenu label={label} at={at} entries={entries} byKeyboard={menu.byKeyboard} onClose={close} />;
}

/** What can be added, for every menu that offers it. */
export function addEntries(actions: Pick<Actions, "add" | "addShape">): MenuEntry[] {
  const made = MADE.map(({ made, title }): MenuEntry => ({
    label: title,
    run: () => void actions.add(made),
  }));
  const shapes = SHAPES.map(({ shape, title }): MenuEntry => ({
    label: title,
    run: () => void actions.addShape(shape),
  }));
  return [...made.slice(0, 1), { kind: "separator" }, ...shapes, { kind: "separator" }, ...made.slice(1)];
}

function underEntries(viewer: Viewer, at: { x: number; y: number }): MenuEntry[] {
  const under = viewer.under(at);
  if (under.length === 0) return [{ label: "Nothing is here", disabled: true, run: () => undefined }];
  return under.slice(0, 30).map((id) => ({
    kind: "choice",
    label: viewer.isPickable(id) ? viewer.nameOf(id) : `${viewer.nameOf(id)} (locked)`,
    checked: viewer.store.getState().selection.includes(id),
    run: () => viewer.select([id]),
  }));
}

function sceneEntries(viewer: Viewer, actions: Actions): MenuEntry[] {
  const ids = actions.selected();
  const add: MenuEntry = { kind: "submenu", label: "Add", entries: addEntries(actions) };
  const own: MenuEntry[] = [{ label: "Show all that you hid", shortcut: "Alt+H", run: actions.showAll }];
  if (ids.length === 0) {
    return [
      add,
      { kind: "separator" },
      { label: "Select all", shortcut: "Ctrl+A", run: actions.selectAll },
      { label: "Frame everything", shortcut: "Home", run: actions.frameAll },
      { kind: "separator" },
      ...own,
    ];
  }
  const one = ids.length === 1;
  const entities = ids.map((id) => viewer.entities.get(id));
  return [
    add,
    { label: "Frame", shortcut: "F", run: actions.frameSelection },
    { kind: "separator" },
    { label: "Duplicate", shortcut: "Ctrl+D", run: actions.duplicate },
    { label: "Group", shortcut: "Ctrl+G", run: actions.group },
    { label: "Ungroup", shortcut: "Ctrl+Shift+G", run: actions.ungroup },
    {
      label: one ? "Hang under the last selected" : `Hang under ${viewer.nameOf(ids.at(-1) ?? "")}`,
      shortcut: "Ctrl+P",
      disabled: one,
      run: actions.parentTo,
    },
    { label: "Out of its parent", shortcut: "Alt+P", run: actions.unparent },
    { kind: "separator" },
    {
      kind: "submenu",
      label: "Align and distribute",
      entries: AXES.flatMap((axis): MenuEntry[] => [
        {
          label: `Align ${"XYZ".charAt(axis)} to the last selected`,
          disabled: one,
          run: () => actions.align(axis),
        },
        {
          label: `Distribute along ${"XYZ".charAt(axis)}`,
          disabled: ids.length < 3,
          run: () => actions.distribute(axis),
        },
      ]),
    },
    { label: "Drop to the floor", shortcut: "End", run: actions.drop },
    {
      kind: "submenu",
      label: "Reset",
      entries: [
        { label: "Position", shortcut: "Alt+G", run: () => actions.reset("translation") },
        { label: "Rotation", shortcut: "Alt+R", run: () => actions.reset("rotation") },
        { label: "Scale", shortcut: "Alt+S", run: () => actions.reset("scale") },
      ],
    },
    { kind: "separator" },
    { label: "Hide for me", shortcut: "H", run: actions.hide },
    { label: "Show alone, for me", shortcut: "/", run: actions.solo },
    ...own,
    {
      kind: "choice",
      label: "Visible",
      checked: entities.every((entity) => entity?.visible !== false),
      run: actions.toggleVisible,
    },
    {
      kind: "choice",
      label: "Locked",
      checked: entities.every((entity) => entity?.locked === true),
      run: actions.toggleLocked,
    },
    { kind: "separator" },
    { label: "Delete", shortcut: "Delete", danger: true, run: () => void actions.remove() },
  ];
}
