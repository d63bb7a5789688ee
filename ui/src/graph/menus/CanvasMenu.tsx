/** The menus of the canvas: on nothing, a node, a wire, a comment; for aligning; and for what was dropped on it. */

import { PointMenu } from "../../design";
import type { MenuEntry } from "../../design";
import type { Actions } from "../canvas/actions";
import type { MenuRequest } from "../canvas/state";
import type { Catalogue } from "../language";
import { addNode, disconnect, setComments, setRoute } from "../gestures/changes";
import { ALIGNMENTS } from "../model/align";
import { COMMENT_COLORS } from "../model/comments";
import { snap } from "../model/snap";
import { textOf } from "../model/records";
import { useCanvas, useEditor, type Editor } from "../view/editor";

interface Props {
  actions: Actions;
  catalogue: Catalogue;
}

export function CanvasMenu(props: Props) {
  const editor = useEditor();
  const request = useCanvas((state) => state.menu);
  if (!request) return null;
  const close = (): void => {
    if (editor.store.getState().menu === request) editor.store.setState({ menu: null });
    editor.focus();
  };
  return (
    <PointMenu
      label="Canvas"
      at={editor.onPage(request.screen)}
      entries={entriesFor(editor, request, props)}
      byKeyboard={request.byKeyboard ?? false}
      onClose={close}
    />
  );
}

function entriesFor(editor: Editor, request: MenuRequest, props: Props): MenuEntry[] {
  const { actions } = props;
  const { target } = request;
  switch (target.kind) {
    case "canvas":
      return canvasEntries(editor, actions, request);
    case "node":
      return nodeEntries(editor, actions, request, target.id);
    case "wire":
      return wireEntries(editor, actions, request, target);
    case "comment":
      return commentEntries(editor, actions);
    case "align":
      return alignEntries(editor, actions);
    case "drop":
      return dropChoices(editor, request, target, props);
  }
}

function canvasEntries({ store, graph }: Editor, actions: Actions, { screen, at }: MenuRequest): MenuEntry[] {
  const { snapping } = store.getState();
  const empty = graph().nodes.size === 0;
  return [
    { label: "Add a node…", shortcut: "Tab", run: () => actions.add(screen) },
    { label: "Add a comment", shortcut: "C", run: () => actions.comment(at) },
    { label: "Paste", shortcut: "Ctrl+V", run: () => void actions.paste(at) },
    { kind: "separator" },
    { label: "Select all", shortcut: "Ctrl+A", disabled: empty, run: actions.selectAll },
    { label: "Show everything", shortcut: "Shift+F", disabled: empty, run: actions.frameAll },
    { label: "Lay out everything", disabled: empty, run: actions.layout },
    { kind: "separator" },
    {
      kind: "choice",
      label: "Snap to the grid",
      checked: snapping,
      run: () => store.setState({ snapping: !snapping }),
    },
  ];
}

function nodeEntries(editor: Editor, actions: Actions, { screen }: MenuRequest, id: string): MenuEntry[] {
  const { graph, store } = editor;
  const { nodes, comments } = store.getState().selection;
  const many = nodes.size + comments.size > 1;
  const node = graph().nodes.get(id);
  const pins = node?.geometry.pins ?? [];
  const connect = (side: "input" | "output"): MenuEntry[] =>
    pins
      .filter((pin) => pin.side === side && !pin.missing)
      .map((pin) => ({
        label:
          pin.socket.label ||
          (pin.kind === "flow" ? (side === "input" ? "Flow in" : "Flow out") : pin.socket.id),
        run: () =>
          store.setState({
            menu: null,
            connectFrom: { pin: { node: id, side, kind: pin.kind, socket: pin.socket.id }, screen },
          }),
      }));
  const inputs = connect("input");
  const outputs = connect("output");
  return [
    {
      kind: "submenu",
      label: "Connect to…",
      entries: [
        ...(inputs.length > 0 ? [{ kind: "label" as const, label: "From input" }, ...inputs] : []),
        ...(outputs.length > 0 ? [{ kind: "label" as const, label: "From output" }, ...outputs] : []),
      ],
    },
    { label: "Disconnect", run: actions.disconnect },
    { kind: "separator" },
    { label: "Rename…", shortcut: "F2", run: actions.rename },
    { label: "Comment around the selection", shortcut: "C", run: () => actions.comment() },
    ...(many
      ? ([
          { kind: "submenu", label: "Align", entries: alignEntries(editor, actions) },
          { label: "Lay out the selection", run: actions.layout },
        ] satisfies MenuEntry[])
      : []),
    { label: "Show", shortcut: "F", run: actions.frameSelection },
    { kind: "separator" },
    ...editEntries(actions),
  ];
}

function editEntries(actions: Actions): MenuEntry[] {
  return [
    { label: "Cut", shortcut: "Ctrl+X", run: actions.cut },
    { label: "Copy", shortcut: "Ctrl+C", run: () => void actions.copy() },
    { label: "Duplicate", shortcut: "Ctrl+D", run: actions.duplicate },
    { label: "Delete", shortcut: "Delete", danger: true, run: actions.remove },
  ];
}

function wireEntries(
  { graph, commit }: Editor,
  actions: Actions,
  { at }: MenuRequest,
  { id, segment }: { id: string; segment: number },
): MenuEntry[] {
  const wire = graph().wires.get(id);
  if (!wire) return [];
  const { route, from, to } = wire;
  return [
    {
      label: "Add a route point",
      run: () => commit(setRoute(id, [...route.slice(0, segment), snap(at), ...route.slice(segment)])),
    },
    { label: "Straighten", disabled: route.length === 0, run: () => commit(setRoute(id, [])) },
    { kind: "separator" },
    { label: "Go to where it begins", run: () => actions.reveal(from.node) },
    { label: "Go to where it ends", run: () => actions.reveal(to.node) },
    { kind: "separator" },
    { label: "Disconnect", shortcut: "Delete", danger: true, run: () => commit(disconnect([wire])) },
  ];
}

function commentEntries({ store, graph, commit }: Editor, actions: Actions): MenuEntry[] {
  const { comments } = store.getState().selection;
  const [first] = comments;
  const color = first === undefined ? "" : textOf(graph().comments.get(first)?.record ?? {}, "color");
  const paint = (next: string | null) => () => commit(setComments(comments, { color: next }));
  return [
    { label: "Rename…", shortcut: "F2", run: actions.rename },
    {
      kind: "submenu",
      label: "Colour",
      entries: [
        { kind: "choice", label: "Neutral", checked: color === "", run: paint(null) },
        ...COMMENT_COLORS.map((one): MenuEntry => ({
          kind: "choice",
          label: one.name,
          checked: color === one.color,
          run: paint(one.color),
        })),
      ],
    },
    { label: "Show", shortcut: "F", run: actions.frameSelection },
    { kind: "separator" },
    ...editEntries(actions),
  ];
}

function alignEntries({ store }: Editor, actions: Actions): MenuEntry[] {
  const { nodes, comments } = store.getState().selection;
  const count = nodes.size + comments.size;
  return [
    ...ALIGNMENTS.map(({ id, title, least }): MenuEntry => ({
      label: title,
      disabled: count < least,
      run: () => actions.align(id),
    })),
    { kind: "separator" },
    { label: "Straighten wires", disabled: nodes.size < 2, run: actions.straighten },
    { label: nodes.size > 1 ? "Lay out the selection" : "Lay out everything", run: actions.layout },
  ];
}

function dropChoices(
  editor: Editor,
  { at }: MenuRequest,
  { type, id }: { type: string; id: string },
  { catalogue }: Props,
): MenuEntry[] {
  const { graph, commit, select, newId } = editor;
  const entries =
    graph()
      .language.drops.find((drop) => drop.type === type)
      ?.entries(catalogue, graph(), id) ?? [];
  return entries.map((entry) => ({
    label: entry.title,
    run: () => {
      const node = newId();
      commit(addNode({ id: node, operation: entry, position: snap(at), ...entry.starts }));
      select({ nodes: new Set([node]) }, "replace");
    },
  }));
}
