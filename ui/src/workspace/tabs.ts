/** Opening, closing and naming the tabs of documents. */
import type { DockviewApi } from "dockview-react";

import type { DocumentInfo } from "../ipc/types";
import { documentInfo } from "../project/session";
import { kindOf } from "./kinds";
import { activateDocument, activateTab, deactivateDocument } from "../project/activeDocument";
import { OVERVIEW, addOverview } from "./layout";
import { enterRegion } from "./regions";
import type { Tool } from "./layout";

let workspace: DockviewApi | undefined;
let rebuild: () => void = () => undefined;
/** A document that was made a moment ago: its tab opens when the session tells of it. */
let awaited: string | undefined;
/** Documents whose tabs were closed by deleting them here, and whether the session has told that they are gone. */
const closedByDeleting = new Map<string, boolean>();

/** The window's side: the panels, and how the default layout is built again. */
export function setWorkspace(api: DockviewApi | undefined, reset: () => void = () => undefined): void {
  workspace = api;
  rebuild = reset;
  closedByDeleting.clear();
}

/** Brings a panel to the front of its group. */
export function showTool(tool: Tool): void {
  workspace?.getPanel(tool)?.api.setActive();
}

/** Brings a panel to the front and the keyboard into it: for whoever asked for the panel itself. */
export function goToTool(tool: Tool): void {
  showTool(tool);
  enterRegion(tool);
}

/** Makes sure that one of these panels is on screen: the first, unless another already is. */
export function showOneOf(tools: readonly Tool[]): void {
  const [first] = tools;
  if (first && !tools.some((tool) => workspace?.getPanel(tool)?.api.isVisible)) showTool(first);
}

/** Shows a document and brings the keyboard to where it is edited. */
export function goToDocument(document: string): void {
  openDocument(document);
  const { Editor, home } = kindOf(documentInfo(document)?.kind ?? "");
  enterRegion(Editor ? tabId(document) : (home ?? "hierarchy"));
}

/** Shows a document where its kind is edited: in a tab of the centre, `behind` the one that is there, or in a panel. */
export function openDocument(document: string, { behind = false } = {}): void {
  if (!workspace) return;
  const info = documentInfo(document);
  awaited = info ? undefined : document;
  if (!info) return;
  const { Editor, home } = kindOf(info.kind);
  if (!Editor) {
    activateDocument(document);
    if (home) showTool(home);
    return;
  }
  const open = workspace.getPanel(tabId(document));
  if (open) {
    open.api.setActive();
  } else {
    const beside = workspace.panels.find((panel) => isCentral(panel.id))?.id ?? addOverview(workspace).id;
    workspace.addPanel({
      id: tabId(document),
      component: "document",
      tabComponent: "document",
      title: info.name,
      params: { document },
      position: { referencePanel: beside, direction: "within" },
      inactive: behind,
    });
    closeOverview(workspace);
  }
  if (behind) return;
  activateTab(document);
}

/** Puts panels back where they stood at first, with the open documents. */
export function resetLayout(): void {
  const open = openDocuments();
  rebuild();
  open.forEach((id) => openDocument(id));
}

/**
 * Fits the tabs to the documents there are: renames, and opens again what was closed by deleting it. A tab whose document is
 * gone stays, and says so.
 */
export function settleDocuments(api: DockviewApi, documents: readonly DocumentInfo[]): void {
  for (const panel of api.panels) {
    const document = documentOf(panel.params);
    const info = documents.find((candidate) => candidate.id === document);
    if (info && panel.title !== info.name) panel.api.setTitle(info.name);
  }
  const isThere = (id: string) => documents.some((document) => document.id === id);
  for (const [id, wasGone] of closedByDeleting) {
    if (!isThere(id)) closedByDeleting.set(id, true);
    else if (wasGone) {
      closedByDeleting.delete(id);
      openDocument(id);
    }
  }
  if (awaited !== undefined && isThere(awaited)) openDocument(awaited);
}

/** Closes the tab of a document that this person deleted. Undoing that opens it again. */
export function closeDeleted(document: string): void {
  if (workspace?.getPanel(tabId(document))) closedByDeleting.set(document, !documentInfo(document));
  closeTab(document);
  deactivateDocument(document);
}

/** Closes a document's tab; with the last one the overview returns in its place. */
export function closeTab(document: string): void {
  const panel = workspace?.getPanel(tabId(document));
  if (!workspace || !panel) return;
  if (openDocuments().length === 1 && !workspace.getPanel(OVERVIEW)) addOverview(workspace, panel.id);
  panel.api.close();
  deactivateDocument(document);
}

function openDocuments(): string[] {
  return (workspace?.panels ?? []).map((panel) => documentOf(panel.params)).filter((id) => id !== undefined);
}

function closeOverview(api: DockviewApi): void {
  api.getPanel(OVERVIEW)?.api.close();
}

function tabId(document: string): string {
  return `document:${document}`;
}

/** Whether a panel is one of the centre, where documents are. */
export function isCentral(panel: string): boolean {
  return panel === OVERVIEW || panel.startsWith("document:");
}

function documentOf(params: Record<string, unknown> | undefined): string | undefined {
  return typeof params?.document === "string" ? params.document : undefined;
}
