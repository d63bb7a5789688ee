/** Where files that are dragged over the window would go. */

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface DropTarget {
  /** What takes them. */
  box: Box;
  /** Of that, the row of the folder under the pointer. */
  row: Box | undefined;
  /** The folder below `assets/`; empty for that itself. */
  into: string;
  title: string;
  text: string;
}

const FOR_ALL = "Copied into the project, for everyone in it.";

/** What panels say of files; elsewhere the whole window takes them. */
const PANELS: readonly [selector: string, text: string][] = [
  ['.panel[aria-label="Assets"]', FOR_ALL],
  [".panel-document", "A document holds no files itself: they appear in Assets."],
  ['.panel[aria-label="Hierarchy"]', "A document holds no files itself: they appear in Assets."],
];

/** What takes files at an element; nothing does outside the main window, and below a dialog. */
export function dropTargetAt(under: EventTarget | null): DropTarget | undefined {
  if (!(under instanceof Element)) return undefined;
  const main = under.closest(".main-window");
  if (!main) return undefined;
  const row = under.closest<HTMLElement>("[data-files-into]");
  const into = row?.dataset.filesInto ?? "";
  const title = `Add to ${into === "" ? "the project’s assets" : into}`;
  const [panel = main, text = FOR_ALL] = panelAt(under) ?? [];
  return { box: boxOf(panel), row: row ? boxOf(row) : undefined, into, title, text };
}

function panelAt(under: Element): [Element, string] | undefined {
  for (const [selector, text] of PANELS) {
    const panel = under.closest(selector);
    if (panel) return [panel, text];
  }
  return undefined;
}

function boxOf(element: Element): Box {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { left, top, width, height };
}

export function isSameTarget(before: DropTarget | undefined, next: DropTarget | undefined): boolean {
  return JSON.stringify(before) === JSON.stringify(next);
}
