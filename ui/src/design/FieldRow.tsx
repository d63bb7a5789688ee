import { useState } from "react";
import type { PointerEvent, ReactNode } from "react";

import { ReasonRow } from "./Reason";
import "./rows.css";

interface FieldRowProps {
  label: string;
  /** A small sign behind the label. */
  mark?: ReactNode;
  children: ReactNode;
  end?: ReactNode;
}

/** A field with its label, and what stands at the end of the line. */
export function FieldRow({ label, mark, children, end }: FieldRowProps) {
  const [row, setRow] = useState<HTMLElement | null>(null);
  return (
    <div ref={setRow} className="inspector-row">
      <span className="inspector-label" onPointerDown={scrubFromLabel}>
        {label}
        {mark}
      </span>
      <div className="inspector-value">
        <ReasonRow value={row}>{children}</ReasonRow>
      </div>
      {end}
    </div>
  );
}

/** The label of a single number is a handle of it: dragged, it scrubs. */
function scrubFromLabel(event: PointerEvent<HTMLElement>): void {
  const numbers = event.currentTarget.parentElement?.querySelectorAll<HTMLElement>(
    ".inspector-value [role=spinbutton]",
  );
  const [number] = numbers ?? [];
  if (numbers?.length !== 1 || !number || event.button !== 0) return;
  event.preventDefault();
  // The field captures the pointer, and hears of the rest itself.
  number.dispatchEvent(new window.PointerEvent("pointerdown", event.nativeEvent));
}

/** What a group of fields is about. */
export function SectionHeading({ title, end }: { title: string; end?: ReactNode }) {
  return (
    <h3 className="inspector-heading">
      <span>{title}</span>
      {end}
    </h3>
  );
}
