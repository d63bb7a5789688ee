import { useEffect } from "react";
import type { RefObject } from "react";

/**
 * Keeps how far the parts of an element are scrolled while it is taken out of the page and put back: the page forgets that
 * without telling anyone, and a list that draws only what is seen would draw what is elsewhere.
 */
export function useKeptScroll(element: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const root = element.current;
    if (!root) return undefined;
    const places = new Map<Element, ScrollToOptions>();
    const note = ({ target }: Event) => {
      if (target instanceof Element) places.set(target, { left: target.scrollLeft, top: target.scrollTop });
    };
    const restore = () => {
      if (!root.isConnected) return;
      for (const [part, place] of places) {
        if (!root.contains(part)) places.delete(part);
        else if (part.scrollTop !== place.top || part.scrollLeft !== place.left) part.scrollTo(place);
      }
    };
    root.addEventListener("scroll", note, { capture: true, passive: true });
    // Out of the page it has no size. The observer reports before the page is painted.
    const observer = new ResizeObserver(restore);
    observer.observe(root);
    return () => {
      root.removeEventListener("scroll", note, { capture: true });
      observer.disconnect();
    };
  }, [element]);
}
