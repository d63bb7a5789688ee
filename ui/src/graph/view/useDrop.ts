/** Dropping something on the canvas offers what may become of it. */

import { useEffect, type RefObject } from "react";

import { namedRecords } from "../language";
import { toCanvas } from "../canvas/viewport";
import type { Editor } from "./editor";

export function useDrop(root: RefObject<HTMLElement | null>, { store, graph }: Editor): void {
  useEffect(() => {
    const element = root.current;
    const { drop } = graph().language;
    if (!element || !drop) return undefined;
    const stop = new AbortController();
    element.addEventListener(
      "dragover",
      (event) => {
        if (!event.dataTransfer?.types.includes(drop.type)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = "copy";
      },
      { signal: stop.signal },
    );
    element.addEventListener(
      "drop",
      (event) => {
        const id = event.dataTransfer?.getData(drop.type) ?? "";
        if (!(id in namedRecords(graph(), drop.collection))) return;
        event.preventDefault();
        const box = element.getBoundingClientRect();
        const screen = { x: event.clientX - box.x, y: event.clientY - box.y };
        const at = toCanvas(store.getState().viewport, screen);
        store.setState({ menu: { screen, at, target: { kind: "drop", id } } });
      },
      { signal: stop.signal },
    );
    return () => stop.abort();
  }, [root, store, graph]);
}
