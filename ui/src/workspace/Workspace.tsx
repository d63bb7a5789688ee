import { DockviewReact } from "dockview-react";
import type { DockviewApi, DockviewReadyEvent, DockviewTheme, IDockviewPanelProps } from "dockview-react";
import "dockview-react/dist/styles/dockview.css";
import { useEffect, useRef, useState } from "react";
import type { FunctionComponent } from "react";

import { setTabOpener } from "../documents/selection";
import { useProject } from "../project/project";
import { useDocuments } from "../project/session";
import { TABS } from "./docks";
import { DocumentsMenu } from "./DocumentsMenu";
import { OVERVIEW, buildLayout, forgetLayout, restoreLayout, saveLayout } from "./layout";
import { allKinds } from "./kinds";
import { openDocument, setWorkspace, settleDocuments } from "./tabs";
import { activateTab, tabInFront } from "../project/activeDocument";
import "./workspace.css";

const THEME: DockviewTheme = {
  name: "wissil",
  className: "dockview-theme-wissil",
  dndOverlayMounting: "absolute",
  dndPanelOverlay: "group",
};

interface WorkspaceProps {
  /** The components of panels, by the names that layouts store. */
  panels: Record<string, FunctionComponent<IDockviewPanelProps>>;
}

/** The panels of the main window and where they stand. */
export function Workspace({ panels }: WorkspaceProps) {
  const session = useProject()?.session ?? "";
  const documents = useDocuments();
  const [api, setApi] = useState<DockviewApi>();
  const first = useRef(true);

  useEffect(() => setTabOpener(openDocument), []);

  const onReady = ({ api: ready }: DockviewReadyEvent) => {
    first.current = !restoreLayout(session, ready);
    if (first.current) buildLayout(ready);
    ready.onDidLayoutChange(() => saveLayout(session, ready));
    ready.onDidActivePanelChange((change) => {
      const document: unknown = change.panel?.params?.document;
      if (typeof document === "string") activateTab(document);
    });
    const front = ready.panels.find(({ api: { isVisible }, params }) => isVisible && params?.document);
    const document: unknown = front?.params?.document;
    if (typeof document === "string") tabInFront(document);
    setApi(ready);
  };

  useEffect(() => {
    if (!api) return undefined;
    setWorkspace(api, () => {
      forgetLayout(session);
      buildLayout(api);
    });
    return () => setWorkspace(undefined);
  }, [api, session]);

  useEffect(() => {
    if (!api) return;
    settleDocuments(api, documents);
    if (!first.current) return;
    first.current = false;
    // One of each kind, the first in front.
    const starts = allKinds().flatMap(({ kind, Editor }) => {
      const start = Editor && documents.find((document) => document.kind === kind);
      return start ? [start] : [];
    });
    starts.forEach(({ id }, at) => openDocument(id, { behind: at > 0 }));
  }, [api, documents]);

  return (
    <DockviewReact
      className="workspace"
      theme={THEME}
      components={panels}
      tabComponents={TABS}
      leftHeaderActionsComponent={DocumentsMenu}
      // Pointer events: dragging of the platform's web view is not the same everywhere.
      dndStrategy="pointer"
      defaultRenderer="onlyWhenVisible"
      floatingGroupBounds="boundedWithinViewport"
      onReady={onReady}
      watermarkComponent={() => <div className="workspace-watermark">{OVERVIEW}</div>}
    />
  );
}
