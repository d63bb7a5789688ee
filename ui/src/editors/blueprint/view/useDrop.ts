/** Dropping a variable on the canvas offers to get or to set it. */

import { useEffect, type RefObject } from "react";

import { toCanvas } from "../canvas/viewport";
import type { Editor } from "./editor";

export const VARIABLE = "application/x-wissil-variable";

export function useDrop(root: RefObject<HTMLElement | null>, { store, graph }: Editor): void {
  useEffect(() => {
    const element = root.current;
    if (!element) return undefined;
    const stop = new AbortController();
    element.addEventListener(
      "dragover",
      (event) => {
        if (!event.dataTransfer?.types.includes(VARIABLE)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = "copy";
      },
      { signal: stop.signal },
    );
    element.addEventListener(
      "drop",
      (event) => {
        const id = event.dataTransfer?.getData(VARIABLE) ?? "";
        if (!(id in graph().collections.variables)) return;
        event.preventDefault();
        const box = element.getBoundingClientRect();
        const screen = { x: event.clientX - box.x, y: event.clientY - box.y };
        const at = toCanvas(store.getState().viewport, screen);
        store.setState({ menu: { screen, at, target: { kind: "variable", id } } });
      },
      { signal: stop.signal },
    );
    return () => stop.abort();
  }, [root, store, graph]);
}
