/** One component of a value: typed in, or for a number dragged sideways or stepped with the arrow keys. */

import { useRef, useState, type KeyboardEvent, type PointerEvent } from "react";

import { Reason, useDraft } from "../../../design";
import {
  componentProblem,
  formatComponent,
  isNumeric,
  parseComponent,
  scrubbed,
  type Component,
} from "./literals";
import { typeClass } from "./types";

interface Props {
  type: string;
  /** Undefined while nothing is set. */
  component: Component | undefined;
  axis: string | undefined;
  label: string;
  /** Shown as text until it is pressed. */
  small: boolean;
  onChange: (component: Component) => void;
}

const SCRUB_STEP = 3;
/** Characters that the fields of `FIELD` in `geometry.ts` have room for; all digits show while one edits. */
const ROOM = 6;
const ROOM_OF_COMPONENT = 5;

export function ValueField({ type, component, axis, label, small, onChange }: Props) {
  const numeric = isNumeric(typeClass(type));
  const [scrubbing, setScrubbing] = useState<string | null>(null);
  const [focused, setFocused] = useState(false);
  const [editing, setEditing] = useState(false);
  const scrub = useRef<{ x: number; moved: boolean; value: Component | undefined } | null>(null);
  const full = component === undefined ? "" : formatComponent(component);
  const resting = component === undefined ? "" : formatComponent(component, axis ? ROOM_OF_COMPONENT : ROOM);
  const field = useRef<HTMLInputElement>(null);
  const draft = useDraft(
    full,
    (text) => {
      const parsed = parseComponent(type, text);
      if (parsed !== undefined) onChange(parsed);
    },
    (text) => componentProblem(type, text),
  );
  // What was only looked at keeps the digits that are not shown.
  const shown = scrubbing ?? (focused || draft.isDraft ? draft.text : resting);
  const isShortened = scrubbing === null && !focused && !draft.isDraft && shown !== full;
  const blank = numeric ? (axis ? "–" : "unset") : "none";

  const finish = (): void => {
    draft.commit();
    setFocused(false);
    // What is not taken stays where it was typed.
    if (!draft.refuse()) setEditing(false);
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>): void => {
    if (event.button !== 0 || event.currentTarget === event.currentTarget.ownerDocument.activeElement) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    scrub.current = { x: event.clientX, moved: false, value: component };
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>): void => {
    const from = scrub.current;
    if (!from || !numeric) return;
    const steps = Math.trunc((event.clientX - from.x) / SCRUB_STEP);
    if (steps === 0 && !from.moved) return;
    from.moved = true;
    from.value = scrubbed(type, component, steps, event.altKey, event.shiftKey);
    setScrubbing(formatComponent(from.value, axis ? ROOM_OF_COMPONENT : ROOM));
  };
  const onPointerUp = (event: PointerEvent<HTMLElement>): void => {
    const from = scrub.current;
    scrub.current = null;
    if (!from) return;
    if (from.moved) {
      setScrubbing(null);
      if (from.value !== undefined) onChange(from.value);
    } else if (event.currentTarget instanceof HTMLInputElement) {
      event.currentTarget.focus();
      event.currentTarget.select();
    } else {
      setEditing(true);
    }
  };
  const onPointerCancel = (): void => {
    scrub.current = null;
    setScrubbing(null);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    event.stopPropagation();
    if (event.key === "Enter" && !draft.refuse()) event.currentTarget.blur();
    if (event.key === "Escape") {
      draft.revert();
      event.currentTarget.blur();
    }
    const step = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    if (!numeric || step === 0) return;
    event.preventDefault();
    const from = parseComponent(type, draft.text) ?? component;
    draft.change(formatComponent(scrubbed(type, from, step, event.altKey, event.shiftKey)));
  };
  const pointer = { onPointerDown, onPointerMove, onPointerUp, onPointerCancel };
  const look = {
    className: "bp-field",
    "data-own-pointer": true,
    "data-axis": axis,
    "data-numeric": numeric || undefined,
    "data-unset": component === undefined || undefined,
    "data-shortened": isShortened || undefined,
    title: component === undefined ? `${label}: not set` : isShortened ? full : undefined,
  };

  if (small && !editing) {
    return (
      <span {...look} {...pointer}>
        {component === undefined && scrubbing === null ? blank : shown}
      </span>
    );
  }
  return (
    <>
      <input
        {...look}
        {...pointer}
        ref={field}
        aria-invalid={draft.problem === undefined ? undefined : true}
        aria-label={label}
        autoFocus={editing}
        inputMode={numeric ? "decimal" : "text"}
        spellCheck={false}
        aria-description={component === undefined ? "not set" : undefined}
        placeholder={component === undefined || !numeric ? blank : undefined}
        value={shown}
        onChange={(event) => draft.change(event.currentTarget.value)}
        onFocus={(event) => {
          setFocused(true);
          if (editing) event.currentTarget.select();
        }}
        onBlur={finish}
        onKeyDown={onKeyDown}
      />
      <Reason field={field} onEscape={draft.revert}>
        {draft.problem}
      </Reason>
    </>
  );
}
