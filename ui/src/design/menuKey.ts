/** Menus that are opened by keyboard. */
import { useRef } from "react";
import type { FocusEvent } from "react";

/** Whether a key opens the menu of what has the focus: the menu key, or Shift+F10. */
export function isMenuKey({ key, shiftKey }: { key: string; shiftKey: boolean }): boolean {
  return key === "ContextMenu" || (key === "F10" && shiftKey);
}

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
