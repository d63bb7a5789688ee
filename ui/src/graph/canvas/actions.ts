/** What keys, menus and the command palette do on a canvas. */

import { addComment, deleteRecords, disconnect, type Picked } from "../gestures/changes";
import { alignPicked, layoutPicked, straightenPicked } from "../gestures/arrange";
import { fragmentOf, parse, paste, serialise } from "../gestures/clipboard";
import { nodeNearest, nodeTowards, type Direction } from "../gestures/navigate";
import type { Alignment } from "../model/align";
import { COMMENT_COLORS, frameAround } from "../model/comments";
import { boundsOf, type Point, type Rect } from "../model/records";
import { snap } from "../model/snap";
import type { Editor } from "../view/editor";
import { readClipboard, writeClipboard } from "./clipboardText";
import { revealed, toCanvas, zoomedAt } from "./viewport";

const DUPLICATE_BY: Point = { x: 24, y: 24 };
/** What is to be seen of a comment whose text is typed. */
const TITLE = { width: 240, height: 32 };
const ZOOM_STEP = 1.25;

export function actionsOf(editor: Editor) {
  const { graph, store, commit, select, newId, look, frame, focus, complain } = editor;
  const selection = (): Picked => store.getState().selection;
  const middle = (): Point => {
    const { size } = store.getState();
    return { x: size.width / 2, y: size.height / 2 };
  };
  const here = (): Point => editor.pointer() ?? middle();
  const onCanvas = (screen: Point): Point => toCanvas(store.getState().viewport, screen);
  const rectsOf = ({ nodes, comments }: Pick<Picked, "nodes" | "comments">): Rect[] => [
    ...[...nodes].flatMap((id) => graph().nodes.get(id)?.rect ?? []),
    ...[...comments].flatMap((id) => graph().comments.get(id)?.rect ?? []),
  ];
  const everything = () => ({
    nodes: new Set(graph().nodes.keys()),
    comments: new Set(graph().comments.keys()),
  });

  const show = (rect: Rect | undefined): void => {
    const { viewport, size } = store.getState();
    if (rect) look(revealed(viewport, rect, size));
  };
  const reveal = (id: string): void => show(graph().nodes.get(id)?.rect);
  /** The title of a comment that is being written. */
  const nameComment = (id: string, { x, y, width }: Rect): void => {
    show({ x, y, width: Math.min(width, TITLE.width), height: TITLE.height });
    store.setState({ naming: { kind: "comment", id } });
  };
  const pasteText = (text: string, at: Point = onCanvas(here())): void => {
    const parsed = parse(graph().language, text);
    if ("problem" in parsed) {
      complain(parsed.problem);
      return;
    }
    const pasted = paste(graph(), parsed.fragment, { around: at }, newId);
    commit(pasted.gesture);
    select({ nodes: new Set(pasted.nodes), comments: new Set(pasted.comments) }, "replace");
  };
  const copy = (): boolean => {
    const fragment = fragmentOf(graph(), selection());
    if (fragment) void writeClipboard(serialise(graph().language, fragment));
    return fragment !== undefined;
  };
  const remove = (): void => {
    commit(deleteRecords(graph(), selection()));
    select({}, "replace");
    focus();
  };
  const zoomBy = (factor: number): void => {
    const { viewport } = store.getState();
    look(zoomedAt(viewport, middle(), viewport.zoom * factor));
  };

  return {
    pasteText,
    copy,
    remove,
    reveal,
    cut: () => {
      if (copy()) remove();
    },
    paste: async (at?: Point) => pasteText(await readClipboard(), at),
    duplicate: () => {
      const fragment = fragmentOf(graph(), selection());
      if (!fragment) return;
      const pasted = paste(graph(), fragment, { by: DUPLICATE_BY }, newId, "graph.duplicate");
      commit(pasted.gesture);
      select({ nodes: new Set(pasted.nodes), comments: new Set(pasted.comments) }, "replace");
    },
    add: (screen: Point = here()) =>
      store.setState({ palette: { screen, at: onCanvas(screen) }, menu: null }),
    selectAll: () => select(everything(), "replace"),
    escape: () => select({}, "replace"),
    frameAll: () => frame(boundsOf(rectsOf(everything()))),
    frameSelection: () => {
      const rects = rectsOf(selection());
      frame(boundsOf(rects.length > 0 ? rects : rectsOf(everything())));
    },
    zoomIn: () => zoomBy(ZOOM_STEP),
    zoomOut: () => zoomBy(1 / ZOOM_STEP),
    zoomActual: () => look(zoomedAt(store.getState().viewport, middle(), 1)),
    comment: (at: Point = onCanvas(here())) => {
      const around = frameAround(rectsOf(selection()));
      const rect = around ?? { ...snap(at), width: 320, height: 200 };
      const id = newId();
      commit(addComment(id, rect, "", COMMENT_COLORS[0].color));
      select({ comments: new Set([id]) }, "replace");
      nameComment(id, rect);
    },
    rename: () => {
      const { nodes, comments } = selection();
      const [node] = nodes;
      const [comment] = comments;
      const rect = comment === undefined ? undefined : graph().comments.get(comment)?.rect;
      if (comment !== undefined && rect && nodes.size === 0) nameComment(comment, rect);
      else if (node !== undefined) {
        reveal(node);
        store.setState({ naming: { kind: "node", id: node } });
      }
    },
    align: (alignment: Alignment) => commit(alignPicked(graph(), selection(), alignment)),
    straighten: () => commit(straightenPicked(graph(), selection().nodes)),
    /** Lays out the selection; with less than two nodes selected, all of it. */
    layout: () => {
      const { nodes } = selection();
      commit(layoutPicked(graph(), nodes.size > 1 ? nodes : everything().nodes));
    },
    disconnect: () => {
      const now = graph();
      const { nodes, wires } = selection();
      commit(
        disconnect(
          [...now.wires.values()].filter(
            ({ id, from, to }) => wires.has(id) || nodes.has(from.node) || nodes.has(to.node),
          ),
        ),
      );
    },
    alignMenu: () => {
      const screen = here();
      store.setState({ menu: { screen, at: onCanvas(screen), target: { kind: "align" }, byKeyboard: true } });
    },
    walk: (direction: Direction, extend: boolean) => {
      const current = [...selection().nodes].at(-1);
      const next = current
        ? nodeTowards(graph(), current, direction)
        : nodeNearest(graph(), onCanvas(middle()));
      if (next === undefined) return;
      select({ nodes: new Set([next]) }, extend ? "add" : "replace");
      reveal(next);
    },
  };
}

export type Actions = ReturnType<typeof actionsOf>;
