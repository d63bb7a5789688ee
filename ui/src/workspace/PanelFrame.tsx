import type { DockviewPanelApi } from "dockview-react";
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";

import { commitDrafts, useKeptScroll } from "../design";
import { PanelBoundary } from "./PanelBoundary";
import { useRegion } from "./regions";

interface PanelFrameProps {
  panel: DockviewPanelApi;
  name: string;
  className?: string;
  children: ReactNode;
}

/** What every panel stands in: the keyboard finds it, a defect in it stays in it, and it comes back as it was left. */
export function PanelFrame({ panel, name, className = "panel", children }: PanelFrameProps) {
  const frame = useRef<HTMLElement>(null);
  useKeptScroll(frame);
  useEffect(() => {
    const listening = panel.onDidVisibilityChange(({ isVisible }) => {
      const { activeElement, body } = document;
      const isLeft = activeElement === body || frame.current?.contains(activeElement);
      if (!isVisible && isLeft) commitDrafts();
    });
    return () => listening.dispose();
  }, [panel]);
  return (
    <section ref={frame} className={className} aria-label={name} {...useRegion(panel.id)}>
      <PanelBoundary name={name}>{children}</PanelBoundary>
    </section>
  );
}
