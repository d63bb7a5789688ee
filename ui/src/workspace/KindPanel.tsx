/** Panels that show the document one works in, each kind its own way. */
import type { ComponentType } from "react";
import { useStore } from "zustand";

import { active, deactivateDocument } from "../project/activeDocument";
import { useDocuments } from "../project/session";
import { DeletedDocument } from "./DeletedDocument";
import { allKinds, kindOf } from "./kinds";
import type { Tool } from "./layout";

/** The document that a panel shows, and what its kind shows of it there. */
export interface Shown {
  readonly document: string;
  readonly Content: ComponentType<{ document: string }>;
  readonly isDeleted: boolean;
}

/**
 * What a panel shows: the document last worked in whose kind brings something for it. A document that is edited in the panel
 * is shown before one works in it, and after it was deleted, which is said there.
 */
export function usePanelOf(tool: Tool): Shown | undefined {
  const documents = useDocuments();
  const recent = useStore(active, (state) => state.recent);
  const isThere = (id: string) => documents.some((document) => document.id === id);
  const isHome = (kind: string) => kindOf(kind).home === tool;
  const brings = (kind: string) => kindOf(kind).panels?.[tool] !== undefined;
  const worked = recent.find(({ id, kind }) => brings(kind) && (isHome(kind) || isThere(id)));
  const found = worked ?? documents.find(({ kind }) => isHome(kind));
  const Content = found && kindOf(found.kind).panels?.[tool];
  return found && Content && { document: found.id, Content, isDeleted: !isThere(found.id) };
}

/** The content of such a panel. */
export function KindPanel({ shown: { document, Content, isDeleted } }: { shown: Shown }) {
  return isDeleted ? (
    <DeletedDocument
      key={document}
      document={document}
      leave="Do without it"
      onLeave={() => deactivateDocument(document)}
    />
  ) : (
    <Content key={document} document={document} />
  );
}

/** "Open a Blueprint to see it here.": what a panel says that shows nothing. */
export function whereToSee(tool: Tool): string {
  const titles = allKinds()
    .filter(({ panels }) => panels?.[tool])
    .map(({ title }) => title);
  return titles.length === 0 ? "" : `Open a ${titles.join(" or ")} to see it here.`;
}
