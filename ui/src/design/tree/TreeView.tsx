import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useId, useImperativeHandle, useMemo, useRef, useState } from "react";
import type { DragEvent, KeyboardEvent, MouseEvent, ReactNode, Ref } from "react";

import { labelDrag } from "../dragLabel";
import { isMenuKey } from "../menuKey";
import { indentStep, rowsBetween } from "./flatten";
import type { TreeRow } from "./flatten";
import { treeStep, typeAhead } from "./keyboard";
import { ROW_HEIGHT, RowTop, Tree } from "./TreeItem";
import type { DropPlace, TreeContext } from "./TreeItem";
import "./tree.css";

export interface TreeHandle {
  /** Moves the tree's own focus to a row and shows it. */
  show: (id: string) => void;
  focus: () => void;
}

interface TreeViewProps {
  label: string;
  rows: readonly TreeRow[];
  selected: ReadonlySet<string>;
  /** What a row is called now, for type-ahead. */
  nameOf: (id: string) => string;
  /** A {@link TreeItem} of a row. */
  renderRow: (row: TreeRow) => ReactNode;
  onSelect: (ids: readonly string[], mode: "replace" | "toggle") => void;
  onToggle: (id: string) => void;
  /** Enter or a double click. */
  onActivate?: (id: string) => void;
  /** A right click or the menu key, before the menu opens. */
  onContextMenu?: (id: string) => void;
  /** A press on the empty area around the rows. */
  onEmpty?: () => void;
  /** Keys the tree does not know. */
  onKey?: (event: KeyboardEvent, active: string | undefined) => void;
  /** Rows can be dragged onto others when this is given, and inside the empty area, whose target is null. */
  onDrop?: ((dragged: string, target: string | null, place: DropPlace) => void) | undefined;
  /** The folder that a row stands for, where files dropped on it go. */
  filesInto?: ((id: string) => string | undefined) | undefined;
  /** What a dragged row carries for other panels. */
  dragData?: ((id: string, data: DataTransfer) => void) | undefined;
  ref?: Ref<TreeHandle>;
}

/** Below the last row there is always some empty area to press and to drop on. */
const EMPTY_AREA = ROW_HEIGHT;
const WIDTH = 240;
/** What a dragged row carries its id as. */
const ROW = "application/x-wissil-tree-row";
const TYPE_AHEAD_PAUSE = 600;

/** A virtual tree after the ARIA tree pattern: one focus stop, thousands of rows. */
export function TreeView(props: TreeViewProps) {
  const { label, rows, selected, nameOf, renderRow, onSelect, onToggle, onActivate, onContextMenu, onKey } =
    props;
  const treeId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string>();
  const anchor = useRef<string>(undefined);
  const typed = useRef({ text: "", at: 0 });
  const [drop, setDrop] = useState<{ id: string | null; place: DropPlace }>();
  // eslint-disable-next-line react-hooks/incompatible-library -- the virtualizer is not memoized by design
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 12,
    initialRect: { width: WIDTH, height: 600 },
  });
  const deepest = useMemo(() => rows.reduce((most, { depth }) => Math.max(most, depth), 0), [rows]);
  const indent = indentStep(deepest, virtual.scrollRect?.width || WIDTH);

  const indexOf = (id: string) => rows.findIndex((row) => row.id === id);
  const show = (id: string) => {
    setActive(id);
    const index = indexOf(id);
    if (index >= 0) virtual.scrollToIndex(index, { align: "auto" });
  };
  useImperativeHandle(props.ref, () => ({ show, focus: () => scroller.current?.focus() }));

  const pick = (id: string, event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }) => {
    if (event.shiftKey && anchor.current !== undefined) {
      onSelect(rowsBetween(rows, anchor.current, id), "replace");
    } else {
      anchor.current = id;
      onSelect([id], event.ctrlKey || event.metaKey ? "toggle" : "replace");
    }
  };

  /** A menu is of what is selected. */
  const prepareMenu = (id: string) => {
    if (!selected.has(id)) pick(id, { shiftKey: false, ctrlKey: false, metaKey: false });
    onContextMenu?.(id);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    // Fields and buttons inside a row keep their keys.
    if (event.target !== scroller.current) return;
    if (isMenuKey(event)) {
      if (active !== undefined) prepareMenu(active);
      return;
    }
    const primary = event.ctrlKey || event.metaKey;
    if (primary && event.key.toLowerCase() === "a") {
      event.preventDefault();
      onSelect(
        rows.map((row) => row.id),
        "replace",
      );
      return;
    }
    const step = treeStep(event.key, rows, active, 10);
    if (step) {
      event.preventDefault();
      if (step.kind === "toggle") onToggle(step.id);
      else {
        show(step.id);
        // Ctrl moves the focus without selecting, to add with Space.
        if (!primary) pick(step.id, event);
      }
    } else if (event.key === " " && active !== undefined) {
      event.preventDefault();
      pick(active, { shiftKey: false, ctrlKey: primary, metaKey: false });
    } else if (event.key === "Enter" && active !== undefined && onActivate) {
      event.preventDefault();
      onActivate(active);
    } else if (event.key.length === 1 && /\S/.test(event.key) && !primary && !event.altKey) {
      const now = event.timeStamp;
      const text = now - typed.current.at < TYPE_AHEAD_PAUSE ? typed.current.text + event.key : event.key;
      typed.current = { text, at: now };
      const found = typeAhead(text, rows, active, nameOf);
      if (found !== undefined) {
        // Letters that name a row are not shortcuts here.
        event.preventDefault();
        show(found);
        pick(found, { shiftKey: false, ctrlKey: false, metaKey: false });
      }
    }
    if (!event.defaultPrevented) onKey?.(event, active);
  };

  const onRowMouseDown = (event: MouseEvent, id: string) => {
    if (event.target instanceof Element && event.target.closest("button,input")) return;
    setActive(id);
    if (event.button === 2) {
      prepareMenu(id);
    } else if (event.button === 0 && !isPlainOnSelected(event, id)) {
      pick(id, event);
    }
  };
  // A press on one of several selected rows may drag them all; only a click without a drag selects it alone.
  const isPlainOnSelected = (event: MouseEvent, id: string) =>
    selected.has(id) && !event.shiftKey && !event.ctrlKey && !event.metaKey;
  const onRowClick = (event: MouseEvent, id: string) => {
    if (event.target instanceof Element && event.target.closest("button,input")) return;
    // Alone it may be among others that are not shown here.
    if (isPlainOnSelected(event, id)) pick(id, event);
  };

  const isEmptyArea = ({ target, currentTarget }: MouseEvent | DragEvent) =>
    target === currentTarget || (target instanceof Element && target.parentElement === currentTarget);
  const onMouseDown = (event: MouseEvent<HTMLElement>) => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const { clientLeft, clientTop, clientWidth, clientHeight } = event.currentTarget;
    const onScrollbar =
      event.clientX - left - clientLeft >= clientWidth || event.clientY - top - clientTop >= clientHeight;
    if (isEmptyArea(event) && !onScrollbar && !event.shiftKey && !event.ctrlKey && !event.metaKey) {
      props.onEmpty?.();
    }
  };

  /** Files from outside are none of the tree's. */
  const takes = (event: DragEvent) => props.onDrop !== undefined && event.dataTransfer.types.includes(ROW);
  const placeOf = (event: DragEvent<HTMLElement>): DropPlace => {
    const box = event.currentTarget.getBoundingClientRect();
    const part = (event.clientY - box.top) / box.height;
    return part < 0.25 ? "before" : part > 0.75 ? "after" : "inside";
  };

  useEffect(() => {
    if (active !== undefined && !rows.some((row) => row.id === active)) setActive(undefined);
  }, [rows, active]);

  const tree: TreeContext = {
    treeId,
    selected,
    active,
    drop,
    indent,
    draggable: props.onDrop !== undefined || props.dragData !== undefined,
    filesInto: props.filesInto,
    onToggle,
    onActivate,
    onMouseDown: onRowMouseDown,
    onClick: onRowClick,
    onDragStart: (event, id, name) => {
      event.dataTransfer.effectAllowed = "copyMove";
      if (props.onDrop) event.dataTransfer.setData(ROW, id);
      props.dragData?.(id, event.dataTransfer);
      const others = selected.has(id) ? selected.size - 1 : 0;
      labelDrag(event.dataTransfer, others > 0 ? `${name} and ${others} more` : name);
    },
    onDragOver: (event, id) => {
      if (!takes(event)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "move";
      setDrop({ id, place: placeOf(event) });
    },
    onDragEnd: () => setDrop(undefined),
    onDrop: (event, id) => {
      if (!takes(event)) return;
      event.preventDefault();
      setDrop(undefined);
      const dragged = event.dataTransfer.getData(ROW);
      if (dragged && dragged !== id) props.onDrop?.(dragged, id, placeOf(event));
    },
  };

  return (
    <Tree value={tree}>
      <div
        ref={scroller}
        className="ui-tree"
        role="tree"
        aria-label={label}
        aria-multiselectable
        aria-activedescendant={active === undefined ? undefined : `${treeId}-${active}`}
        tabIndex={0}
        data-drop={drop?.id === null ? drop.place : undefined}
        onKeyDown={onKeyDown}
        onMouseDown={onMouseDown}
        onDragOver={(event) => {
          if (!takes(event) || !isEmptyArea(event)) return;
          event.preventDefault();
          event.dataTransfer.dropEffect = "move";
          setDrop({ id: null, place: "inside" });
        }}
        onDragLeave={() => setDrop(undefined)}
        onDrop={(event) => {
          if (!takes(event) || !isEmptyArea(event)) return;
          event.preventDefault();
          setDrop(undefined);
          const dragged = event.dataTransfer.getData(ROW);
          if (dragged) props.onDrop?.(dragged, null, "inside");
        }}
        onFocus={(event) => {
          if (event.target !== event.currentTarget || active !== undefined) return;
          const first = rows.find((row) => selected.has(row.id)) ?? rows[0];
          if (first) setActive(first.id);
        }}
      >
        <div
          role="presentation"
          className="ui-tree-content"
          style={{ height: virtual.getTotalSize() + EMPTY_AREA }}
        >
          {virtual.getVirtualItems().map(({ key, index, start }) => {
            const row = rows[index];
            return (
              row && (
                <RowTop key={key} value={start}>
                  {renderRow(row)}
                </RowTop>
              )
            );
          })}
        </div>
      </div>
    </Tree>
  );
}
