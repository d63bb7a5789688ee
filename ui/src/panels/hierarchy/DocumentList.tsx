import { Film, Plus, Spline, Trees } from "lucide-react";
import { useRef, useState } from "react";
import type { KeyboardEvent } from "react";

import { attempt } from "../../app/notify";
import { ConfirmDialog, ContextMenu, IconButton, Menu, TextField, focusLater } from "../../design";
import * as ipc from "../../ipc";
import type { DocumentInfo } from "../../ipc";
import { beginRename, endRename, useRenaming } from "../../documents/renaming";
import { reveal } from "../../documents/selection";
import { PeopleIn } from "../../presence/Avatar";
import { workingDocuments } from "../../session/project";
import { useDocuments } from "../../session/session";
import { useActiveDocument } from "../../workspace/activeDocument";
import type { Tool } from "../../workspace/layout";
import { goToDocument, showOneOf } from "../../workspace/tabs";

const KINDS: Readonly<Record<string, { title: string; icon: typeof Spline; count: string }>> = {
  blueprint: { title: "Blueprint", icon: Spline, count: "nodes" },
  scene: { title: "Scene", icon: Trees, count: "entities" },
};

export function documentKind(kind: string) {
  return KINDS[kind] ?? { title: kind, icon: Film, count: "" };
}

/** Makes a document, shows it, and has its name typed in a list where it stands. */
export async function createDocument(kind: string): Promise<void> {
  const created = await attempt(ipc.createDocument(kind, `New ${documentKind(kind).title.toLowerCase()}`));
  if (!created) return;
  reveal(created.id, []);
  showOneOf(LISTING);
  beginRename(created.id, { isNew: true });
}

/** The panels that list documents. */
const LISTING: readonly Tool[] = ["hierarchy", "assets"];

/** The documents of the project: open, create, rename, delete. */
export function DocumentList({ fill }: { fill: boolean }) {
  const documents = workingDocuments(useDocuments());
  const active = useActiveDocument();
  const renaming = useRenaming();
  const list = useRef<HTMLUListElement>(null);
  const [deleting, setDeleting] = useState<DocumentInfo>();
  const remove = (document: DocumentInfo) => void attempt(ipc.deleteDocument(document.id));
  const finishRename = (id: string, name: string | undefined) => {
    const { isNew } = renaming;
    endRename();
    if (name !== undefined && name.trim() !== "") void attempt(ipc.renameDocument(id, name.trim()));
    if (isNew) goToDocument(id);
    else focusLater(() => list.current?.querySelector<HTMLElement>(`[data-document="${id}"]`));
  };
  const onKeyDown = (event: KeyboardEvent, document: DocumentInfo) => {
    if (event.key === "F2") beginRename(document.id);
    else if (event.key === "Delete") setDeleting(document);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") focusBeside(event);
    else return;
    event.preventDefault();
  };
  return (
    <section className="document-list" aria-label="Documents" data-fill={fill ? "" : undefined}>
      <div className="panel-heading">
        <span>Documents</span>
        <Menu
          align="end"
          trigger={
            <IconButton label="New document">
              <Plus size={15} />
            </IconButton>
          }
          entries={Object.entries(KINDS).map(([kind, { title, icon: Icon }]) => ({
            label: `New ${title.toLowerCase()}`,
            icon: <Icon size={14} />,
            run: () => void createDocument(kind),
          }))}
        />
      </div>
      <ul ref={list}>
        {documents.map((document) => (
          <li key={document.id}>
            {renaming.document === document.id ? (
              <TextField
                label={`Rename ${document.name}`}
                value={document.name}
                autoFocus
                onCommit={(name) => finishRename(document.id, name)}
                onCancel={() => finishRename(document.id, undefined)}
              />
            ) : (
              <ContextMenu
                entries={[
                  { label: "Open", run: () => reveal(document.id, []) },
                  { label: "Rename", shortcut: "F2", run: () => beginRename(document.id) },
                  { kind: "separator" },
                  { label: "Delete…", shortcut: "Del", danger: true, run: () => setDeleting(document) },
                ]}
              >
                <button
                  type="button"
                  className="document-item"
                  data-document={document.id}
                  aria-current={document.id === active}
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
      <ConfirmDialog
        open={deleting !== undefined}
        title={`Delete ${deleting?.name ?? ""}`}
        text="The document disappears from the project. Its history stays in the session."
        action="Delete"
        onClose={() => setDeleting(undefined)}
        onConfirm={() => deleting && remove(deleting)}
      />
    </section>
  );
}

export function DocumentLine({ document }: { document: DocumentInfo }) {
  const { icon: Icon, title, count } = documentKind(document.kind);
  return (
    <>
      <span className="ui-tree-icon">
        <Icon size={14} aria-label={title} />
      </span>
      <span className="ui-tree-name">{document.name}</span>
      <PeopleIn document={document.id} />
      <span className="ui-tree-detail">{document.counts[count]?.toLocaleString()}</span>
    </>
  );
}

function focusBeside(event: KeyboardEvent): void {
  const items = [
    ...(event.currentTarget.closest("ul")?.querySelectorAll<HTMLElement>(".document-item") ?? []),
  ];
  const at = items.indexOf(event.currentTarget as HTMLElement);
  items[at + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
}
