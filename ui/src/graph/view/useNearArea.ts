import { useLayoutEffect, useState } from "react";

import { mountedArea, visibleArea } from "../canvas/viewport";
import type { Rect } from "../model/records";
import { useEditor } from "./editor";

/** The area around the view, new only when the view has left it; none while the zoom is less than `least`. */
export function useNearArea(least = 0): Rect | undefined {
  const { store } = useEditor();
  const [area, setArea] = useState<Rect | undefined>(undefined);
  useLayoutEffect(() => {
    const update = (): void => {
      const { viewport, size } = store.getState();
      const shown = size.width > 0 && viewport.zoom >= least;
      setArea((before) => (shown ? mountedArea(before, visibleArea(viewport, size)) : undefined));
    };
    update();
    return store.subscribe((state, before) => {
      if (state.viewport !== before.viewport || state.size !== before.size) update();
    });
  }, [store, least]);
  return area;
}
