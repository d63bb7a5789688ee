/** Dropping something on the canvas offers what may become of it. */

import { useEffect, type RefObject } from "react";

import { toCanvas } from "../canvas/viewport";
import type { Editor } from "./editor";

export function useDrop(root: RefObject<HTMLElement | null>, { store, graph }: Editor): void {
  useEffect(() => {
    const element = root.current;
    const { drops } = graph().language;
    if (!element || drops.length === 0) return undefined;
    const isFor = ({ dataTransfer }: DragEvent) =>
      drops.find(({ type }) => dataTransfer?.types.includes(type));
    const stop = new AbortController();
    element.addEventListener(
      "dragover",
      (event) => {
        if (!event.dataTransfer || !isFor(event)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = "copy";
      },
      { signal: stop.signal },
    );
    element.addEventListener(
      "drop",
      (event) => {
        const type = isFor(event)?.type;
        const id = type === undefined ? "" : (event.dataTransfer?.getData(type) ?? "");
        if (type === undefined || id === "") return;
        event.preventDefault();
        const box = element.getBoundingClientRect();
        const screen = { x: event.clientX - box.x, y: event.clientY - box.y };
        const at = toCanvas(store.getState().viewport, screen);
        store.setState({ menu: { screen, at, target: { kind: "drop", type, id } } });
      },
      { signal: stop.signal },
    );
    return () => stop.abort();
  }, [root, store, graph]);
}
