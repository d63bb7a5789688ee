import type { ReactNode } from "react";
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
  return (
    <div className="inspector-row">
      <span className="inspector-label" title={label}>
        {label}
        {mark}
      </span>
      <div className="inspector-value">{children}</div>
      {end}
    </div>
  );
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
