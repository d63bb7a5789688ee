import { getCurrentWebview } from "@tauri-apps/api/webview";

import type { Place } from "./presence";

/** What happens to files that are dragged from outside, where the shell tells of it: places are of the page. */
export interface FileDrag {
  onOver: (at: Place) => void;
  onLeave: () => void;
  onDrop: (at: Place, paths: readonly string[]) => void;
}

/**
 * Follows files that are dragged over the window, in shells whose web view hides them from the page. Elsewhere nothing is
 * told, and the page gets the files themselves.
 */
export function onFileDrag({ onOver, onLeave, onDrop }: FileDrag): () => void {
  const ignore = () => undefined;
  let listening: Promise<() => void>;
  try {
    listening = getCurrentWebview().onDragDropEvent(({ payload }) => {
      switch (payload.type) {
        case "enter":
        case "over":
          onOver(payload.position);
          break;
        case "leave":
          onLeave();
          break;
        case "drop":
          onDrop(payload.position, payload.paths);
          break;
      }
    });
  } catch {
    // Without a shell there is nobody to tell.
    return ignore;
  }
  return () => void listening.then((stop) => stop(), ignore);
}
