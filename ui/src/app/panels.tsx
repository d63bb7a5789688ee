/** The panels of the window, by the names that layouts store: one line each. */
import type { FunctionComponent } from "react";
import type { IDockviewPanelProps } from "dockview-react";

import { AssetsPanel } from "../panels/assets/AssetsPanel";
import { ConnectionPanel } from "../panels/connection/ConnectionPanel";
import { HierarchyPanel } from "../panels/hierarchy/HierarchyPanel";
import { InspectorPanel } from "../panels/inspector/InspectorPanel";
import { OutlinePanel } from "../panels/outline/OutlinePanel";
import { OverviewPanel } from "../panels/overview/OverviewPanel";
import { ProblemsPanel } from "../panels/problems/ProblemsPanel";
import { SessionPanel } from "../panels/session/SessionPanel";
import { VariablesPanel } from "../panels/variables/VariablesPanel";
import { DocumentPanel, panel, panelWhileSeen } from "../workspace/docks";

export const PANELS: Record<string, FunctionComponent<IDockviewPanelProps>> = {
  overview: panel("Documents", OverviewPanel),
  hierarchy: panel("Hierarchy", HierarchyPanel),
  assets: panel("Assets", AssetsPanel),
  variables: panel("Variables", VariablesPanel),
  outline: panel("Outline", OutlinePanel),
  inspector: panel("Inspector", InspectorPanel),
  session: panel("Session", SessionPanel),
  problems: panel("Problems", ProblemsPanel),
  connection: panelWhileSeen("Connection", ConnectionPanel),
  document: DocumentPanel as FunctionComponent<IDockviewPanelProps>,
};
