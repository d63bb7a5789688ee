import type { ReactNode } from "react";

export function Row({ label, children, end }: { label: string; children: ReactNode; end?: ReactNode }) {
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

export function SectionHeading({ title, end }: { title: string; end?: ReactNode }) {
  return (
    <h3 className="inspector-heading">
      <span>{title}</span>
      {end}
    </h3>
  );
}
