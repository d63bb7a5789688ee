import { useRef } from "react";
import type { KeyboardEvent, PointerEvent } from "react";

interface Slide {
  /** The pointer is at this share of the width and the height. */
  onMove: (x: number, y: number) => void;
  /** An arrow key: so many steps to the right and down. */
  onStep: (right: number, down: number) => void;
  /** A drag was let go, or the keys: one gesture is over. */
  onEnd: () => void;
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** What Shift, and Page Up and Down, take at once. */
const LARGE = 10;

/** Sliding a handle over an area by pointer or by arrow keys; what it returns is spread over the area. */
export function useSlide({ onMove, onStep, onEnd }: Slide) {
  const moving = useRef(false);
  const move = (event: PointerEvent<HTMLElement>) => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    const share = (at: number, size: number) => Math.min(1, Math.max(0, at / (size || 1)));
    onMove(share(event.clientX - left, width), share(event.clientY - top, height));
  };
  const end = () => {
    if (!moving.current) return;
    moving.current = false;
    onEnd();
  };
  return {
    tabIndex: 0,
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      moving.current = true;
      move(event);
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (moving.current && event.buttons !== 0) move(event);
    },
    onPointerUp: end,
    onPointerCancel: end,
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      const page = event.key === "PageUp" ? -1 : event.key === "PageDown" ? 1 : 0;
      const [right, down] = ARROWS[event.key] ?? [0, page];
      if (right === 0 && down === 0) return;
      event.preventDefault();
      const size = event.shiftKey || page !== 0 ? LARGE : 1;
      moving.current = true;
      onStep(right * size, down * size);
    },
    onKeyUp: end,
    onBlur: end,
  };
}
