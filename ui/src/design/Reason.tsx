import { useLayoutEffect, useState } from "react";
import type { RefObject } from "react";
import { createPortal } from "react-dom";

interface ReasonProps {
  /** What it is about. */
  field: RefObject<HTMLElement | null>;
  /** Nothing is shown without one. */
  children: string | undefined;
}

/** Why a field does not take what stands in it, below the field and over what else is there. */
export function Reason({ field, children }: ReasonProps) {
  const [at, setAt] = useState<ReturnType<typeof placed>>();
  useLayoutEffect(() => {
    if (children === undefined) return undefined;
    // Fields move with what they stand in, and nothing tells of that.
    let frame = 0;
    const follow = () => {
      const box = field.current?.getBoundingClientRect();
      if (box) setAt((now) => (now && sameAs(now, placed(box)) ? now : placed(box)));
      frame = requestAnimationFrame(follow);
    };
    follow();
    return () => cancelAnimationFrame(frame);
  }, [field, children]);
  if (children === undefined || !at) return null;
  return createPortal(
    <span role="alert" className="ui-reason" style={at}>
      {children}
    </span>,
    document.body,
  );
}

/** As wide as it may be, in pixels. */
const WIDTH = 320;

/** Below the field, and within the window. */
function placed({ left, bottom }: DOMRect) {
  return { left: Math.max(0, Math.min(left, window.innerWidth - WIDTH)), top: bottom, maxWidth: WIDTH };
}

const sameAs = (a: ReturnType<typeof placed>, b: ReturnType<typeof placed>) =>
  a.left === b.left && a.top === b.top;
