import { Film, Plus, Spline, Trees } from "lucide-react";
import { useState } from "react";
import type { KeyboardEvent } from "react";

import { attempt } from "../../app/notify";
import { ConfirmDialog, ContextMenu, IconButton, Menu, TextField } from "../../design";
import * as ipc from "../../ipc";
import type { DocumentInfo } from "../../ipc";
import { reveal } from "../../documents/selection";
import { PeopleIn } from "../../presence/Avatar";
import { workingDocuments } from "../../session/project";
import { useDocuments } from "../../session/session";
import { useActiveDocument } from "../../workspace/activeDocument";

const KINDS: Readonly<Record<string, { title: string; icon: typeof Spline; count: string }>> = {
  blueprint: { title: "Blueprint", icon: Spline, count: "nodes" },
  scene: { title: "Scene", icon: Trees, count: "entities" },
};

export function documentKind(kind: string) {
  return KINDS[kind] ?? { title: kind, icon: Film, count: "" };
}

export async function createDocument(kind: string): Promise<void> {
  const created = await attempt(ipc.createDocument(kind, `New ${documentKind(kind).title.toLowerCase()}`));
  if (created) reveal(created.id, []);
}

/** The documents of the project: open, create, rename, delete. */
export function DocumentList({ fill }: { fill: boolean }) {
  const documents = workingDocuments(useDocuments());
  const active = useActiveDocument();
  const [renaming, setRenaming] = useState<string>();
  const [deleting, setDeleting] = useState<DocumentInfo>();
  const remove = (document: DocumentInfo) => void attempt(ipc.deleteDocument(document.id));
  const onKeyDown = (event: KeyboardEvent, document: DocumentInfo) => {
    if (event.key === "F2") setRenaming(document.id);
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
      <ul>
        {documents.map((document) => (
          <li key={document.id}>
            {renaming === document.id ? (
              <TextField
                label={`Rename ${document.name}`}
                value={document.name}
                autoFocus
                onCommit={(name) => {
                  setRenaming(undefined);
                  if (name.trim() !== "") void attempt(ipc.renameDocument(document.id, name.trim()));
                }}
                onCancel={() => setRenaming(undefined)}
              />
            ) : (
              <ContextMenu
                entries={[
                  { label: "Open", run: () => reveal(document.id, []) },
                  { label: "Rename", shortcut: "F2", run: () => setRenaming(document.id) },
                  { kind: "separator" },
                  { label: "Delete…", shortcut: "Del", danger: true, run: () => setDeleting(document) },
                ]}
              >
                <button
                  type="button"
                  className="document-item"
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
