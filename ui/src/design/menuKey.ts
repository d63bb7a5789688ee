/** Menus that are opened by keyboard. */
import { useRef } from "react";
import type { FocusEvent } from "react";

/** Whether a key opens the menu of what has the focus: the menu key, or Shift+F10. */
export function isMenuKey({ key, shiftKey }: { key: string; shiftKey: boolean }): boolean {
  return key === "ContextMenu" || (key === "F10" && shiftKey);
}

/** What that menu is about: the row that a tree is on, or what has the focus itself. Text fields have one of their own. */
export function menuTarget(focused: EventTarget): Element | undefined {
  if (!(focused instanceof Element) || focused.closest("input,textarea")) return undefined;
  const active = focused.getAttribute("aria-activedescendant");
  return (active === null ? null : document.getElementById(active)) ?? focused;
}

/**
 * Opens it, where that stands. Left to themselves, web views open it at the lower edge of what has the focus, which may be
 * far from the row, and of something else.
 */
export function openMenuOf(target: Element): void {
  const { left, bottom, width } = target.getBoundingClientRect();
  const place = { clientX: left + Math.min(width / 2, INSET), clientY: bottom };
  target.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true, ...place }));
}

/** How far from the beginning of a row its menu opens, in pixels. */
const INSET = 48;

/** Has the first item of a menu marked when it opens, so that whoever opened it by keyboard sees where they are. */
export function useFirstMarked(initially = false) {
  const wanted = useRef(initially);
  return {
    /** Whether the next opening marks it. */
    mark: (first: boolean) => {
      wanted.current = first;
    },
    /** Of the popup, which has the focus once it is there. It has it again when the pointer leaves an item. */
    onFocus: (event: FocusEvent<HTMLElement>) => {
      if (!wanted.current || event.target !== event.currentTarget) return;
      wanted.current = false;
      event.currentTarget.querySelector<HTMLElement>(FIRST)?.focus();
    },
  };
}

const FIRST = '[role^="menuitem"]:not([aria-disabled="true"])';
