/** The value typed in beside an unconnected input, with a control for its type. */

import { useRef, useState, type KeyboardEvent, type PointerEvent } from "react";

import type { Socket } from "../../../ipc";
import { fieldWidth } from "../graph/geometry";
import type { GraphNode } from "../graph/graph";
import { literalOf } from "../graph/records";
import { setValue } from "../gestures/changes";
import {
  componentsIn,
  formatComponent,
  isNumeric,
  literalFrom,
  parseComponent,
  scrubbed,
  type Component,
} from "../pins/literals";
import { typeClass } from "../pins/types";
import { useEditor } from "./editor";

interface Props {
  node: GraphNode;
  socket: Socket;
  type: string;
}

const AXES = ["x", "y", "z", "w"];
const SCRUB_STEP = 3;
/** Digits of a component in its narrow field; all of them show while it is edited. */
const SHORT = 3;

export function InlineValue({ node, socket, type }: Props) {
  const { commit } = useEditor();
  const components = componentsIn(type, literalOf(node.record, socket.id));
  const label = socket.label || socket.id;
  const write = (index: number, component: Component): void => {
    if (component === components[index]) return;
    const next = components.map((one, at) => (at === index ? component : one));
    commit(setValue(node.id, socket.id, literalFrom(type, next)));
  };
  if (typeClass(type) === "bool") {
    const on = components[0] === true;
    return (
      <button
        type="button"
        className="bp-toggle"
        data-own-pointer
        role="switch"
        aria-checked={on}
        aria-label={label}
        onClick={() => write(0, !on)}
      />
    );
  }
  return (
    <span className="bp-fields" style={{ width: fieldWidth(type) }}>
      {components.map((component, index) => (
        <Field
          key={index}
          type={type}
          component={component}
          axis={components.length > 1 ? AXES[index] : undefined}
          label={components.length > 1 ? `${label} ${AXES[index] ?? index}` : label}
          onChange={(next) => write(index, next)}
        />
      ))}
    </span>
  );
}

interface FieldProps {
  type: string;
  component: Component;
  axis: string | undefined;
  label: string;
  onChange: (component: Component) => void;
}

/** A text field; a number can also be dragged sideways, and stepped with the arrow keys. */
function Field({ type, component, axis, label, onChange }: FieldProps) {
  const numeric = isNumeric(typeClass(type));
  const [draft, setDraft] = useState<string | null>(null);
  const abandoned = useRef(false);
  const scrub = useRef<{ x: number; moved: boolean; value: Component } | null>(null);

  const finish = (): void => {
    if (draft !== null && !abandoned.current) {
      const parsed = parseComponent(type, draft);
      if (parsed !== undefined) onChange(parsed);
    }
    abandoned.current = false;
    setDraft(null);
  };
  const onPointerDown = (event: PointerEvent<HTMLInputElement>): void => {
    if (
      !numeric ||
      event.button !== 0 ||
      event.currentTarget === event.currentTarget.ownerDocument.activeElement
    )
      return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    scrub.current = { x: event.clientX, moved: false, value: component };
  };
  const onPointerMove = (event: PointerEvent<HTMLInputElement>): void => {
    const from = scrub.current;
    if (!from) return;
    const steps = Math.trunc((event.clientX - from.x) / SCRUB_STEP);
    if (steps === 0 && !from.moved) return;
    from.moved = true;
    from.value = scrubbed(type, component, steps, event.altKey, event.shiftKey);
    setDraft(formatComponent(from.value));
  };
  const onPointerUp = (event: PointerEvent<HTMLInputElement>): void => {
    const from = scrub.current;
    scrub.current = null;
    if (!from) return;
    if (from.moved) {
      setDraft(null);
      onChange(from.value);
    } else {
      event.currentTarget.focus();
      event.currentTarget.select();
    }
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    event.stopPropagation();
    if (event.key === "Enter") event.currentTarget.blur();
    if (event.key === "Escape") {
      abandoned.current = true;
      event.currentTarget.blur();
    }
    const step = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    if (!numeric || step === 0) return;
    event.preventDefault();
    const from = parseComponent(type, draft ?? formatComponent(component)) ?? component;
    setDraft(formatComponent(scrubbed(type, from, step, event.altKey, event.shiftKey)));
  };

  return (
    <input
      className="bp-field"
      data-own-pointer
      data-axis={axis}
      data-numeric={numeric || undefined}
      aria-label={label}
      inputMode={numeric ? "decimal" : "text"}
      spellCheck={false}
      placeholder={numeric ? undefined : "none"}
      value={draft ?? formatComponent(component, axis ? SHORT : undefined)}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onFocus={() => setDraft((before) => before ?? formatComponent(component))}
      onBlur={finish}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={() => {
        scrub.current = null;
        setDraft(null);
      }}
    />
  );
}
