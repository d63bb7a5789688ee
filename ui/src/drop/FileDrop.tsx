import { FolderInput } from "lucide-react";
import { useEffect, useState } from "react";

import { onFileDrag } from "../ipc/fileDrag";
import { useProject } from "../project/project";
import { addFiles, addPaths } from "../panels/assets/addFiles";
import { dropTargetAt, isSameTarget } from "./dropTarget";
import type { DropTarget } from "./dropTarget";
import { carriesFiles, droppedFiles } from "../panels/assets/droppedFiles";
import "./drop.css";

/**
 * Takes files that are dropped on the window: on a folder of the Assets panel they go into it, anywhere else into the
 * project's assets, and while they are dragged the place under the pointer says so. Without a project, and over a dialog,
 * nothing takes them.
 */
export function FileDrop() {
  const isOpen = useProject() !== null;
  const [target, setTarget] = useState<DropTarget>();
  useEffect(() => {
    const stop = new AbortController();
    const options = { signal: stop.signal };
    const targetAt = (under: EventTarget | null) => (isOpen ? dropTargetAt(under) : undefined);
    const show = (next: DropTarget | undefined) =>
      setTarget((before) => (isSameTarget(before, next) ? before : next));
    /** Of leaving one thing for another only the entering counts, which comes first. */
    let entered: EventTarget | null = null;
    const over = (event: DragEvent) => {
      if (!event.dataTransfer || !carriesFiles(event.dataTransfer)) return;
      // Else the web view would show the file instead of the program.
      event.preventDefault();
      const next = targetAt(event.target);
      event.dataTransfer.dropEffect = next ? "copy" : "none";
      show(next);
    };
    window.addEventListener(
      "dragenter",
      (event) => {
        entered = event.target;
        over(event);
      },
      options,
    );
    window.addEventListener("dragover", over, options);
    window.addEventListener(
      "dragleave",
      (event) => {
        if (event.target === entered) setTarget(undefined);
      },
      options,
    );
    window.addEventListener(
      "drop",
      (event) => {
        setTarget(undefined);
        if (!event.dataTransfer || !carriesFiles(event.dataTransfer)) return;
        event.preventDefault();
        const at = targetAt(event.target);
        if (at) void addFiles(droppedFiles(event.dataTransfer), at.into);
      },
      options,
    );
    const forget = onFileDrag({
      onOver: ({ x, y }) => show(targetAt(document.elementFromPoint(x, y))),
      onLeave: () => setTarget(undefined),
      onDrop: ({ x, y }, paths) => {
        setTarget(undefined);
        const at = targetAt(document.elementFromPoint(x, y));
        if (at) void addPaths(paths, at.into);
      },
    });
    return () => {
      stop.abort();
      forget();
    };
  }, [isOpen]);
  return (
    <div className="file-drop" role="status">
      {target && (
        <>
          {target.row && <div className="file-drop-row" style={target.row} />}
          <div className="file-drop-target" data-words={wordsOf(target)} style={target.box}>
            <div className="file-drop-words">
              <FolderInput size={18} aria-hidden />
              <strong>{target.title}</strong>
              <span>{target.text}</span>
            </div>
          </div>
        </>
      )}
    </div>
  );
}

/** Where the words stand: away from a folder's row, which is what one looks at. */
function wordsOf({ box, row }: DropTarget): "middle" | "start" | "end" {
  if (!row) return "middle";
  return row.top + row.height / 2 < box.top + box.height / 2 ? "end" : "start";
}
