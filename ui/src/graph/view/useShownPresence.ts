/** Shows the others where this person is on the canvas: cursor, view, and what is being dragged. */

import { useEffect, type RefObject } from "react";

import { onceSaved } from "../../documents/saving";
import { MOST_SHOWN } from "../../ipc/presence";
import { hideInDocument, pointInDocument, showInDocument } from "../../presence/own";
import type { CanvasState, Drag } from "../canvas/state";
import { toCanvas, visibleArea } from "../canvas/viewport";
import type { Graph } from "../model/graph";
import type { Point, Rect } from "../model/records";
import { graphShown, type Ghost } from "../model/shown";
import type { Editor } from "./editor";

const NO_GHOSTS: readonly Ghost[] = [];

export function useShownPresence(root: RefObject<HTMLElement | null>, editor: Editor): void {
  useEffect(() => {
    const element = root.current;
    if (!element) return undefined;
    const { document, store } = editor;
    const listening = new AbortController();
    const cursor = (): Point | null => {
      const at = editor.pointer();
      return at ? rounded(toCanvas(store.getState().viewport, at)) : null;
    };
    const show = (shown: Parameters<typeof graphShown>[0]): void =>
      showInDocument(document, graphShown(shown));
    const seen = (): Rect | null => {
      const { viewport: view, size } = store.getState();
      if (size.width === 0 || size.height === 0) return null;
      const area = visibleArea(view, size);
      return { ...rounded(area), width: Math.round(area.width), height: Math.round(area.height) };
    };
    const hideGhosts = (): void => {
      const { drag, resize } = store.getState();
      if (!listening.signal.aborted && !drag && !resize) show({ ghosts: NO_GHOSTS });
    };
    const showCursor = (): void => pointInDocument(document, cursor());
    const stop = store.subscribe((now, before) => {
      if (now.viewport !== before.viewport || now.size !== before.size) {
        show({ seen: seen() });
        showCursor();
      }
      if (now.drag === before.drag && now.resize === before.resize) return;
      if (now.drag) show({ ghosts: ghostsOf(editor.graph(), now.drag) });
      else if (now.resize) show({ ghosts: [resizedGhost(now.resize)] });
      // Ghosts that went before what was dragged is written would let the others see a jump back.
      else onceSaved(hideGhosts);
    });
    // The canvas's own listeners have noted by now where the pointer is.
    for (const type of ["pointermove", "pointerleave", "pointercancel"])
      element.addEventListener(type, showCursor, { signal: listening.signal });
    show({ seen: seen() });
    return () => {
      stop();
      listening.abort();
      hideInDocument(document);
    };
  }, [root, editor]);
}

/** Where the dragged records are now, those of the nodes first. */
export function ghostsOf(graph: Graph, { nodes, comments, by }: Drag): Ghost[] {
  const ghosts: Ghost[] = [];
  const add = (collection: string, id: string, from: Point | undefined): void => {
    if (from && ghosts.length < MOST_SHOWN)
      ghosts.push({ collection, id, place: rounded({ x: from.x + by.x, y: from.y + by.y }) });
  };
  for (const id of nodes) add("nodes", id, graph.nodes.get(id)?.position);
  for (const id of comments) add("comments", id, graph.comments.get(id)?.rect);
  return ghosts;
}

/** How large a comment is now whose edge is being dragged. */
export function resizedGhost({ id, rect }: NonNullable<CanvasState["resize"]>): Ghost {
  const size = { width: Math.round(rect.width), height: Math.round(rect.height) };
  return { collection: "comments", id, place: rounded(rect), size };
}

/** A tenth of a canvas pixel is finer than anybody sees, and short on the wire. */
function rounded({ x, y }: Point): Point {
  return { x: Math.round(x * 10) / 10, y: Math.round(y * 10) / 10 };
}
