import { Camera, Lightbulb, Sun } from "lucide-react";

import { useTab, useViewState } from "./context";

/** Signs for what has no surface: lights and cameras. */
export function MarkerLayer() {
  const { viewer } = useTab();
  const { selection } = useViewState();
  const picture = viewer.picture();
  return (
    <div className="scene-markers" aria-hidden="true">
      {viewer.markers().map((id) => {
        const at = viewer.seenAt(id, picture);
        if (!at) return null;
        const entity = viewer.entities.get(id);
        const light = typeof entity?.light === "string" ? viewer.record("lights", entity.light) : undefined;
        const Sign = light ? (light.kind === "directional" ? Sun : Lightbulb) : Camera;
        return (
          <span
            key={id}
            className="scene-marker"
            data-selected={selection.includes(id) ? "" : undefined}
            style={{ transform: `translate(${at.x - 10}px, ${at.y - 10}px)` }}
          >
            <Sign size={14} />
          </span>
        );
      })}
    </div>
  );
}
