/** Moving the selection with the arrow keys: a burst of presses is one gesture, written when it pauses. */

import { carriedBy } from "../model/comments";
import type { Point } from "../model/records";
import { moveRecords } from "./changes";
import type { Surroundings } from "./pointer";

const PAUSE = 600;

export interface Nudging {
  by: (step: Point) => void;
  /** Writes what has been nudged so far; other gestures call it before they begin. */
  finish: () => void;
}

export function nudging({ graph, store, commit }: Pick<Surroundings, "graph" | "store" | "commit">): Nudging {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const finish = (): void => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    const { drag } = store.getState();
    store.setState({ drag: null });
    if (!drag) return;
    const now = graph();
    const place = ({ x, y }: Point): Point => ({ x: x + drag.by.x, y: y + drag.by.y });
    const nodes = [...drag.nodes].flatMap((id) => {
      const node = now.nodes.get(id);
      return node ? [[id, place(node.position)] as const] : [];
    });
    const comments = [...drag.comments].flatMap((id) => {
      const comment = now.comments.get(id);
      return comment ? [[id, place(comment.rect)] as const] : [];
    });
    commit(moveRecords(now, new Map(nodes), new Map(comments)));
  };
  return {
    finish,
    by: (step) => {
      const { drag, selection } = store.getState();
      if (timer === undefined) {
        const carried = carriedBy(graph(), selection.comments);
        const nodes = new Set([...selection.nodes, ...carried.nodes]);
        const comments = new Set([...selection.comments, ...carried.comments]);
        if (nodes.size + comments.size === 0) return;
        store.setState({ drag: { nodes, comments, by: step } });
      } else if (drag) {
        store.setState({ drag: { ...drag, by: { x: drag.by.x + step.x, y: drag.by.y + step.y } } });
      }
      clearTimeout(timer);
      timer = setTimeout(finish, PAUSE);
    },
  };
}
