import type { ReactNode } from "react";
import "./rows.css";

/** A field with its label, and what stands at the end of the line. */
export function FieldRow({ label, children, end }: { label: string; children: ReactNode; end?: ReactNode }) {
  return (
    <div className="inspector-row">
      <span className="inspector-label" title={label}>
        {label}
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
