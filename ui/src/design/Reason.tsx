import { createContext, useContext, useEffect, useLayoutEffect, useRef } from "react";
import type { RefObject } from "react";
import { createPortal } from "react-dom";

interface ReasonProps {
  /** What it is about. */
  field: RefObject<HTMLElement | null>;
  /** Takes back what was typed: the keyboard may be elsewhere by then. */
  onEscape: () => void;
  /** Nothing is shown without one. */
  children: string | undefined;
}

/** The row that a field stands in, where rows grow: there the reason stands in it, and covers nothing. */
export const ReasonRow = createContext<HTMLElement | null>(null);

/** What a field stands in that has no room for it: there it stands below all of that. */
const WHOLE = "[data-reason-below]";

/** Why a field does not take what stands in it. */
export function Reason({ field, onEscape, children }: ReasonProps) {
  const bubble = useRef<HTMLSpanElement>(null);
  const row = useContext(ReasonRow);
  const isShown = children !== undefined;
  useLayoutEffect(() => {
    if (!isShown || row !== null) return undefined;
    // Fields move with what they stand in, and nothing tells of that.
    let frame = 0;
    const follow = () => {
      if (field.current && bubble.current) place(bubble.current, field.current);
      frame = requestAnimationFrame(follow);
    };
    follow();
    return () => cancelAnimationFrame(frame);
  }, [field, isShown, row]);
  const escape = useRef(onEscape);
  useEffect(() => {
    escape.current = onEscape;
    if (!isShown) return undefined;
    const onKeyDown = ({ key }: KeyboardEvent) => {
      if (key === "Escape") escape.current();
    };
    window.addEventListener("keydown", onKeyDown, true);
    return () => window.removeEventListener("keydown", onKeyDown, true);
  }, [onEscape, isShown]);
  if (!isShown) return null;
  return createPortal(
    <span ref={bubble} role="alert" className="ui-reason" data-in-row={row ? "" : undefined}>
      {children}
    </span>,
    row ?? document.body,
  );
}

/** At the left of the field, below it or what it stands in, and within the window. */
function place(bubble: HTMLElement, field: HTMLElement): void {
  const { left } = field.getBoundingClientRect();
  const { bottom } = (field.closest(WHOLE) ?? field).getBoundingClientRect();
  const { offsetWidth, offsetHeight } = bubble;
  bubble.style.left = `${Math.max(0, Math.min(left, window.innerWidth - offsetWidth))}px`;
  bubble.style.top = `${Math.max(0, Math.min(bottom, window.innerHeight - offsetHeight))}px`;
}
