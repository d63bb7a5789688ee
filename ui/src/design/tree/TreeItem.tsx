import { ChevronDown, ChevronRight } from "lucide-react";
import { createContext, useContext } from "react";
import type { DragEvent, MouseEvent, ReactNode } from "react";

import type { TreeRow } from "./flatten";

export type DropPlace = "before" | "inside" | "after";

/** In pixels. */
export const ROW_HEIGHT = 26;

/** What the rows of a tree share, and what is done with them. */
export interface TreeContext {
  treeId: string;
  selected: ReadonlySet<string>;
  /** The row that has the tree's own focus. */
  active: string | undefined;
  /** Where a dragged row would go; null stands for the empty area. */
  drop: { id: string | null; place: DropPlace } | undefined;
  indent: { step: number; levels: number };
  draggable: boolean;
  filesInto: ((id: string) => string | undefined) | undefined;
  onToggle: (id: string) => void;
  onActivate: ((id: string) => void) | undefined;
  onMouseDown: (event: MouseEvent, id: string) => void;
  onClick: (event: MouseEvent, id: string) => void;
  onDragStart: (event: DragEvent, id: string, name: string) => void;
  onDragOver: (event: DragEvent<HTMLElement>, id: string) => void;
  onDragEnd: () => void;
  onDrop: (event: DragEvent<HTMLElement>, id: string) => void;
}

export const Tree = createContext<TreeContext | undefined>(undefined);

/** How far below the top of the tree a row stands, in pixels. */
export const RowTop = createContext(0);

interface TreeItemProps {
  row: TreeRow;
  /** What it is called, for assistive technology and while it is dragged without a name on screen. */
  name: string;
  children: ReactNode;
}

/** A row of a tree. Whoever shows it follows what it shows, so that a change of one concerns one. */
export function TreeItem({ row, name, children }: TreeItemProps) {
  const tree = useContext(Tree);
  const top = useContext(RowTop);
  if (!tree) return null;
  const { id } = row;
  const { treeId, selected, active, drop, indent, filesInto, onToggle } = tree;
  return (
    <div
      id={`${treeId}-${id}`}
      role="treeitem"
      aria-label={name}
      aria-level={row.depth + 1}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-selected={selected.has(id)}
      aria-expanded={row.hasChildren ? row.expanded : undefined}
      className="ui-tree-row"
      data-active={id === active ? "" : undefined}
      data-drop={drop?.id === id ? drop.place : undefined}
      data-files-into={filesInto?.(id)}
      style={{
        height: ROW_HEIGHT,
        transform: `translateY(${top}px)`,
        paddingLeft: 4 + Math.min(row.depth, indent.levels) * indent.step,
      }}
      draggable={tree.draggable}
      onMouseDown={(event) => tree.onMouseDown(event, id)}
      onClick={(event) => tree.onClick(event, id)}
      onDoubleClick={() => tree.onActivate?.(id)}
      onDragStart={(event) => {
        const shown = event.currentTarget.querySelector(".ui-tree-name")?.textContent;
        tree.onDragStart(event, id, shown ?? name);
      }}
      onDragOver={(event) => tree.onDragOver(event, id)}
      onDragLeave={tree.onDragEnd}
      onDragEnd={tree.onDragEnd}
      onDrop={(event) => tree.onDrop(event, id)}
    >
      <span
        className="ui-tree-twist"
        aria-hidden
        onMouseDown={(event) => {
          event.stopPropagation();
          if (row.hasChildren) onToggle(id);
        }}
        onDoubleClick={(event) => event.stopPropagation()}
      >
        {row.hasChildren && (row.expanded ? <ChevronDown size={14} /> : <ChevronRight size={14} />)}
      </span>
      {children}
    </div>
  );
}
