import { Plus } from "lucide-react";
import { useRef, useState } from "react";
import type { KeyboardEvent } from "react";

import {
  ConfirmDialog,
  ContextMenu,
  IconButton,
  Menu,
  TextField,
  focusLater,
  nameProblem,
} from "../../design";
import type { DocumentInfo } from "../../ipc/types";
import { beginRename, endRename, useRenaming } from "../../documents/renaming";
import { reveal } from "../../documents/selection";
import { PeopleIn } from "../../presence/Avatar";
import { listed } from "../../presence/names";
import { useOthers } from "../../presence/useOthers";
import { workingDocuments } from "../../project/project";
import { MANIFEST, useDocuments } from "../../project/session";
import { activateDocument, useShownDocument } from "../../project/activeDocument";
import {
  createDocument,
  deleteDocument,
  moveDocument,
  renameDocument,
} from "../../workspace/documentGestures";
import { allKinds, kindOf, newTitle } from "../../workspace/kinds";
import { goToDocument } from "../../workspace/tabs";
import { useReorder } from "./useReorder";

/** The documents of the project: open, create, rename, move, delete, and undo of all that. */
export function DocumentList({ fill }: { fill: boolean }) {
  const documents = workingDocuments(useDocuments());
  const shown = useShownDocument();
  const renaming = useRenaming();
  const list = useRef<HTMLUListElement>(null);
  const [deleting, setDeleting] = useState<DocumentInfo>();
  const rowOf = useReorder(documents);
  const move = (document: DocumentInfo, by: number) => {
    const to = documents.indexOf(document) + by;
    if (to >= 0 && to < documents.length) void moveDocument(document.id, to);
  };
  const finishRename = (document: DocumentInfo, name: string | undefined) => {
    const { isNew } = renaming;
    endRename();
    if (name !== undefined) void renameDocument(document, name.trim());
    if (isNew) goToDocument(document.id);
    else focusLater(() => list.current?.querySelector<HTMLElement>(`[data-document="${document.id}"]`));
  };
  const onKeyDown = (event: KeyboardEvent, document: DocumentInfo) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "F2") beginRename(document.id);
    else if (event.key === "Delete") setDeleting(document);
    else if (step !== 0 && event.altKey) move(document, step);
    else if (step !== 0) focusBeside(event, step);
    else return;
    event.preventDefault();
  };
  return (
    <section
      className="document-list"
      aria-label="Documents"
      data-fill={fill ? "" : undefined}
      // What is undone from here is what was done here.
      onFocus={() => activateDocument(MANIFEST)}
    >
      <div className="panel-heading">
        <span>Documents</span>
        <Menu
          align="end"
          trigger={
            <IconButton label="New document">
              <Plus size={15} />
            </IconButton>
          }
          entries={allKinds().map((kind) => ({
            label: newTitle(kind),
            icon: <kind.icon size={14} />,
            run: () => void createDocument(kind),
          }))}
        />
      </div>
      <ul ref={list}>
        {documents.map((document, at) => (
          <li key={document.id} {...rowOf(document)}>
            {renaming.document === document.id ? (
              <TextField
                label={`Rename ${document.name}`}
                value={document.name}
                autoFocus
                problemOf={nameProblem}
                onCommit={(name) => finishRename(document, name)}
                onCancel={() => finishRename(document, undefined)}
              />
            ) : (
              <ContextMenu
                entries={[
                  { label: "Open", run: () => reveal(document.id, []) },
                  { label: "Rename", shortcut: "F2", run: () => beginRename(document.id) },
                  {
                    label: "Move up",
                    shortcut: "Alt+ArrowUp",
                    disabled: at === 0,
                    run: () => move(document, -1),
                  },
                  {
                    label: "Move down",
                    shortcut: "Alt+ArrowDown",
                    disabled: at === documents.length - 1,
                    run: () => move(document, 1),
                  },
                  { kind: "separator" },
                  { label: "Delete…", shortcut: "Del", danger: true, run: () => setDeleting(document) },
                ]}
              >
                <button
                  type="button"
                  className="document-item"
                  data-document={document.id}
                  aria-current={document.id === shown}
                  onClick={() => reveal(document.id, [])}
                  onKeyDown={(event) => onKeyDown(event, document)}
                >
                  <DocumentLine document={document} />
                </button>
              </ContextMenu>
            )}
          </li>
        ))}
      </ul>
      {deleting && <DeleteDialog document={deleting} onClose={() => setDeleting(undefined)} />}
    </section>
  );
}

function DeleteDialog({ document, onClose }: { document: DocumentInfo; onClose: () => void }) {
  const here = useOthers().filter((other) => other.document === document.id);
  const inIt = here.length === 1 ? "has it open now" : "have it open now";
  return (
    <ConfirmDialog
      open
      title={`Delete ${document.name}`}
      text={
        <>
          {here.length > 0 && (
            <>
              <strong>
                {listed(here.map(({ name }) => name))} {inIt}.
              </strong>{" "}
            </>
          )}
          It disappears from the project, for everybody. Nothing in it is lost: undo brings it back, and so
          can everybody else.
        </>
      }
      action="Delete"
      onClose={onClose}
      onConfirm={() => void deleteDocument(document)}
    />
  );
}

export function DocumentLine({ document }: { document: DocumentInfo }) {
  const { icon: Icon, title, counted } = kindOf(document.kind);
  return (
    <>
      <span className="ui-tree-icon">
        <Icon size={14} aria-label={title} />
      </span>
      <span className="ui-tree-name">{document.name}</span>
      <PeopleIn document={document.id} />
      <span className="ui-tree-detail">{document.counts[counted ?? ""]?.toLocaleString()}</span>
    </>
  );
}

function focusBeside(event: KeyboardEvent, step: number): void {
  const items = [
    ...(event.currentTarget.closest("ul")?.querySelectorAll<HTMLElement>(".document-item") ?? []),
  ];
  const at = items.indexOf(event.currentTarget as HTMLElement);
  items[at + step]?.focus();
}
