import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { KeyboardEvent, PointerEvent, RefObject } from "react";

import { leaveField } from "./leaveField";
import { clamp, exactNumber, fitNumber, numberProblem, parseNumber, stepFor, tidy } from "./numbers";
import { Reason } from "./Reason";
import { useDraft } from "./useDraft";

export type Axis = "x" | "y" | "z" | "w";

interface NumberFieldProps {
  label: string;
  /** Undefined stands for several values at once, or for none. */
  value: number | undefined;
  /** Whether there is no value at all, and none is what one sees. */
  unset?: boolean | undefined;
  axis?: Axis | undefined;
  integer?: boolean | undefined;
  min?: number | undefined;
  max?: number | undefined;
  /** What one step adds; by default a hundredth of the magnitude. */
  step?: number | undefined;
  disabled?: boolean | undefined;
  placeholder?: string | undefined;
  /** Called with every value of a gesture in progress, and with undefined when it ends. */
  onPreview?: ((value: number | undefined) => void) | undefined;
  /** Called once when a gesture ends: a scrub released, Enter, or leaving the field. Esc reverts. */
  onCommit: (value: number) => void;
  /** Called once when a field is emptied that may be without a value. */
  onClear?: (() => void) | undefined;
}

/** How far the pointer moves before a press is a scrub, and how far it moves per step. */
const SCRUB_THRESHOLD = 3;
const PIXELS_PER_STEP = 2;

interface Scrub {
  pointer: number;
  startX: number;
  startValue: number;
  value: number;
  moved: boolean;
}

/** A number: drag to scrub, type to set (arithmetic allowed), arrows to step (Shift ×10, Alt ×0.1). */
export function NumberField(props: NumberFieldProps) {
  const { label, value, unset = false, axis, integer = false, min, max, disabled = false } = props;
  const { onPreview, onCommit, onClear } = props;
  const field = useRef<HTMLInputElement>(null);
  const room = useRoom(field);
  const [focused, setFocused] = useState(false);
  const limited = (next: number) => clamp(integer ? Math.round(next) : tidy(next), min, max);
  const commitNumber = (next: number | undefined) => {
    onPreview?.(undefined);
    if (next !== undefined && limited(next) !== value) onCommit(limited(next));
  };
  // Whoever edits sees all digits; else there are as many as have room.
  const exact = value === undefined ? "" : exactNumber(value);
  const clears = (text: string) => onClear !== undefined && text.trim() === "";
  const draft = useDraft(
    exact,
    (text) => {
      commitNumber(parseNumber(text));
      if (clears(text)) onClear?.();
    },
    (text) => (clears(text) ? undefined : numberProblem(text, { min, max, integer })),
  );
  const scrub = useRef<Scrub | null>(null);
  const [scrubbed, setScrubbed] = useState<number | null>(null);
  const resting = scrubbed ?? value;
  const shown =
    scrubbed === null && (focused || draft.isDraft)
      ? draft.text
      : resting === undefined
        ? ""
        : fitNumber(resting, room);
  const isShortened = !focused && !draft.isDraft && scrubbed === null && shown !== exact;
  useLayoutEffect(() => {
    // The text that has just become the exact one is not selected any more.
    if (focused) field.current?.select();
  }, [focused]);

  const step = (from: number) => props.step ?? stepFor(from, integer);
  const scale = (event: { shiftKey: boolean; altKey: boolean }) =>
    event.shiftKey ? 10 : event.altKey && !integer ? 0.1 : 1;

  const onPointerDown = (event: PointerEvent<HTMLInputElement>) => {
    if (
      event.button !== 0 ||
      event.currentTarget.matches(":disabled") ||
      document.activeElement === event.currentTarget
    )
      return;
    // Not yet a focus: a press may become a scrub.
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    const start = value ?? 0;
    scrub.current = {
      pointer: event.pointerId,
      startX: event.clientX,
      startValue: start,
      value: start,
      moved: false,
    };
  };
  const onPointerMove = (event: PointerEvent<HTMLInputElement>) => {
    const drag = scrub.current;
    if (!drag || drag.pointer !== event.pointerId) return;
    const distance = event.clientX - drag.startX;
    if (!drag.moved && Math.abs(distance) < SCRUB_THRESHOLD) return;
    drag.moved = true;
    const steps = Math.trunc(distance / PIXELS_PER_STEP);
    drag.value = limited(drag.startValue + steps * step(drag.startValue) * scale(event));
    setScrubbed(drag.value);
    onPreview?.(drag.value);
  };
  const endScrub = (commit: boolean) => {
    const drag = scrub.current;
    scrub.current = null;
    setScrubbed(null);
    if (drag?.moved) commitNumber(commit ? drag.value : undefined);
    return drag?.moved ?? false;
  };
  const onPointerUp = (event: PointerEvent<HTMLInputElement>) => {
    if (!scrub.current || endScrub(true)) return;
    event.currentTarget.focus();
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter") {
      event.preventDefault();
      draft.commit();
      event.currentTarget.select();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      endScrub(false);
      draft.revert();
      onPreview?.(undefined);
      leaveField(event.currentTarget);
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      const now = parseNumber(draft.text) ?? value ?? 0;
      const sign = event.key === "ArrowUp" ? 1 : -1;
      const next = limited(now + sign * step(now) * scale(event));
      draft.change(exactNumber(next));
      onPreview?.(next);
    }
  };

  return (
    <>
      <input
        ref={field}
        type="text"
        inputMode="decimal"
        role="spinbutton"
        aria-label={label}
        aria-valuenow={resting}
        aria-valuetext={resting === undefined ? (unset ? "not set" : "several values") : undefined}
        aria-valuemin={min}
        aria-valuemax={max}
        aria-invalid={draft.problem === undefined ? undefined : true}
        className="ui-input ui-number"
        data-axis={axis}
        data-unset={unset && value === undefined ? "" : undefined}
        data-resting={draft.isDraft ? undefined : ""}
        data-shortened={isShortened ? "" : undefined}
        disabled={disabled}
        placeholder={value === undefined ? (unset ? "unset" : (props.placeholder ?? "—")) : ""}
        title={isShortened ? exact : undefined}
        spellCheck={false}
        value={shown}
        onChange={(event) => draft.change(event.target.value)}
        onFocus={() => setFocused(true)}
        onBlur={() => {
          setFocused(false);
          onPreview?.(undefined);
          draft.commit();
        }}
        onKeyDown={onKeyDown}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={() => endScrub(false)}
      />
      <Reason field={field} onEscape={draft.revert}>
        {draft.problem}
      </Reason>
    </>
  );
}

/** How wide a digit is, in pixels: 0.6 em of the field's font in `controls.css`. */
const DIGIT = 6.9;

/** How many characters a field has room for; no limit before it is laid out. */
function useRoom(field: RefObject<HTMLInputElement | null>): number {
  const [room, setRoom] = useState(Infinity);
  useEffect(() => {
    const element = field.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      const width = entry?.contentRect.width ?? 0;
      // Out of the page it has no width, and keeps what it shows.
      if (width > 0) setRoom(Math.floor(width / DIGIT));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [field]);
  return room;
}
