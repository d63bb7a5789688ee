import { useRef } from "react";
import type { ReactNode } from "react";

import { useKeptScroll } from "../design";
import { PanelBoundary } from "./PanelBoundary";
import { useRegion } from "./regions";

interface PanelFrameProps {
  /** The id that layouts know it by. */
  id: string;
  name: string;
  className?: string;
  children: ReactNode;
}

/** What every panel stands in: the keyboard finds it, a defect in it stays in it, and it comes back as it was left. */
export function PanelFrame({ id, name, className = "panel", children }: PanelFrameProps) {
  const frame = useRef<HTMLElement>(null);
  useKeptScroll(frame);
  return (
    <section ref={frame} className={className} aria-label={name} {...useRegion(id)}>
      <PanelBoundary name={name}>{children}</PanelBoundary>
    </section>
  );
}
