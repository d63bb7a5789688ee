import { FolderInput } from "lucide-react";
import { useEffect, useState } from "react";

import { onFileDrag } from "../ipc";
import { useProject } from "../session/project";
import { addFiles, addPaths } from "./addFiles";
import { carriesFiles, droppedFiles } from "./droppedFiles";
import "./drop.css";

/** Where files would be dropped, and what that means there. */
interface Target {
  box: { left: number; top: number; width: number; height: number };
  text: string;
}

/**
 * Takes files that are dropped on the window: wherever that is, they go into the project's assets, and while they are
 * dragged the place under the pointer says so. Without a project, and over a dialog, nothing takes them.
 */
export function FileDrop() {
  const isOpen = useProject() !== null;
  const [target, setTarget] = useState<Target>();
  useEffect(() => {
    const stop = new AbortController();
    const options = { signal: stop.signal };
    /** Of leaving one thing for another only the entering counts, which comes first. */
    let entered: EventTarget | null = null;
    const over = (event: DragEvent) => {
      if (!event.dataTransfer || !carriesFiles(event.dataTransfer)) return;
      // Else the web view would show the file instead of the program.
      event.preventDefault();
      const next = isOpen ? targetAt(event.target) : undefined;
      event.dataTransfer.dropEffect = next ? "copy" : "none";
      setTarget((before) => (isSame(before, next) ? before : next));
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
        if (isOpen && targetAt(event.target)) void addFiles(droppedFiles(event.dataTransfer));
      },
      options,
    );
    const forget = onFileDrag({
      onOver: ({ x, y }) => {
        const next = isOpen ? targetAt(document.elementFromPoint(x, y)) : undefined;
        setTarget((before) => (isSame(before, next) ? before : next));
      },
      onLeave: () => setTarget(undefined),
      onDrop: ({ x, y }, paths) => {
        setTarget(undefined);
        if (isOpen && targetAt(document.elementFromPoint(x, y))) void addPaths(paths);
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
        <div className="file-drop-target" style={target.box}>
          <div className="file-drop-words">
            <FolderInput size={18} aria-hidden />
            <strong>Add to the project’s assets</strong>
            <span>{target.text}</span>
          </div>
        </div>
      )}
    </div>
  );
}

const FOR_ALL = "Copied into the project, for everyone in it.";

/** What panels say of files; elsewhere the whole window takes them. */
const PANELS: readonly [selector: string, text: string][] = [
  ['.panel[aria-label="Assets"]', FOR_ALL],
  [".panel-document", "A graph holds no files itself: they appear in Assets."],
  ['.panel[aria-label="Hierarchy"]', "A scene holds no files itself: they appear in Assets."],
];

function targetAt(under: EventTarget | null): Target | undefined {
  if (!(under instanceof Element)) return undefined;
  const main = under.closest(".main-window");
  if (!main) return undefined;
  for (const [selector, text] of PANELS) {
    const panel = under.closest(selector);
    if (panel) return { box: boxOf(panel), text };
  }
  return { box: boxOf(main), text: FOR_ALL };
}

function boxOf(element: Element): Target["box"] {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { left, top, width, height };
}

function isSame(before: Target | undefined, next: Target | undefined): boolean {
  return JSON.stringify(before) === JSON.stringify(next);
}
