import { useState } from "react";
import type { DragEvent, HTMLAttributes } from "react";

import { labelDrag } from "../../design";
import type { DocumentInfo } from "../../ipc/types";
import { moveDocument } from "../../workspace/documentGestures";

/** What a dragged row carries its document as. */
const DOCUMENT = "application/x-wissil-document";

type RowProps = HTMLAttributes<HTMLLIElement> & { "data-drop"?: "before" | "after" | undefined };

/** Dragging a row of the list of documents before or behind another: what each row needs for it. */
export function useReorder(documents: readonly DocumentInfo[]): (document: DocumentInfo) => RowProps {
  const [over, setOver] = useState<{ id: string; after: boolean }>();
  const isAfter = ({ currentTarget, clientY }: DragEvent<HTMLElement>) => {
    const box = currentTarget.getBoundingClientRect();
    return clientY > box.top + box.height / 2;
  };
  return ({ id, name }) => ({
    draggable: true,
    "data-drop": over?.id === id ? (over.after ? "after" : "before") : undefined,
    onDragStart: (event) => {
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData(DOCUMENT, id);
      labelDrag(event.dataTransfer, name);
    },
    onDragOver: (event) => {
      if (!event.dataTransfer.types.includes(DOCUMENT)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "move";
      setOver({ id, after: isAfter(event) });
    },
    onDragLeave: () => setOver(undefined),
    onDragEnd: () => setOver(undefined),
    onDrop: (event) => {
      const dragged = event.dataTransfer.getData(DOCUMENT);
      if (!dragged) return;
      event.preventDefault();
      setOver(undefined);
      const ids = documents.map((document) => document.id).filter((other) => other !== dragged);
      const to = ids.indexOf(id) + (isAfter(event) ? 1 : 0);
      if (dragged !== id && to !== documents.findIndex((document) => document.id === dragged)) {
        void moveDocument(dragged, to);
      }
    },
  });
}
