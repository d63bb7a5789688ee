import { useRef, useState } from "react";
import type { KeyboardEvent, PointerEvent } from "react";

import { clamp, formatNumber, parseNumber, stepFor, tidy } from "./numbers";
import { useDraft } from "./useDraft";

export type Axis = "x" | "y" | "z" | "w";

interface NumberFieldProps {
  label: string;
  /** Undefined stands for several values at once. */
  value: number | undefined;
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
  const { label, value, axis, integer = false, min, max, disabled = false, onPreview, onCommit } = props;
  const limited = (next: number) => clamp(integer ? Math.round(next) : tidy(next), min, max);
  const commitNumber = (next: number | undefined) => {
    onPreview?.(undefined);
    if (next !== undefined && limited(next) !== value) onCommit(limited(next));
  };
  const shown = value === undefined ? "" : formatNumber(value);
  const draft = useDraft(shown, (text) => commitNumber(parseNumber(text)));
  const scrub = useRef<Scrub | null>(null);
  const [scrubbed, setScrubbed] = useState<number | null>(null);

  const step = (from: number) => props.step ?? stepFor(from, integer);
  const scale = (event: { shiftKey: boolean; altKey: boolean }) =>
    event.shiftKey ? 10 : event.altKey && !integer ? 0.1 : 1;

  const onPointerDown = (event: PointerEvent<HTMLInputElement>) => {
    if (event.button !== 0 || disabled || document.activeElement === event.currentTarget) return;
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
    event.currentTarget.select();
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
      event.currentTarget.blur();
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      const now = parseNumber(draft.text) ?? value ?? 0;
      const sign = event.key === "ArrowUp" ? 1 : -1;
      const next = limited(now + sign * step(now) * scale(event));
      draft.change(formatNumber(next));
      onPreview?.(next);
    }
  };

  return (
    <input
      type="text"
      inputMode="decimal"
      role="spinbutton"
      aria-label={label}
      aria-valuenow={scrubbed ?? value}
      aria-valuemin={min}
      aria-valuemax={max}
      aria-invalid={draft.isDraft && parseNumber(draft.text) === undefined ? true : undefined}
      className="ui-input ui-number"
      data-axis={axis}
      disabled={disabled}
      placeholder={value === undefined ? (props.placeholder ?? "—") : ""}
      spellCheck={false}
      value={scrubbed !== null ? formatNumber(scrubbed) : draft.text}
      onChange={(event) => draft.change(event.target.value)}
      onFocus={(event) => event.currentTarget.select()}
      onBlur={() => {
        onPreview?.(undefined);
        draft.commit();
      }}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={() => endScrub(false)}
    />
  );
}
