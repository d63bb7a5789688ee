/** The components of panels and tabs, by the names that layouts store. */
import { X } from "lucide-react";
import { useEffect, useState } from "react";
import type { ComponentType, FunctionComponent } from "react";
import type { IDockviewPanelHeaderProps, IDockviewPanelProps } from "dockview-react";

import { Badge } from "../design";
import { BlueprintEditor } from "../editors/blueprint";
import { AssetsPanel } from "../panels/assets/AssetsPanel";
import { ConnectionPanel } from "../panels/connection/ConnectionPanel";
import { HierarchyPanel } from "../panels/hierarchy/HierarchyPanel";
import { InspectorPanel } from "../panels/inspector/InspectorPanel";
import { OutlinePanel } from "../panels/outline/OutlinePanel";
import { OverviewPanel } from "../panels/overview/OverviewPanel";
import { ProblemsPanel } from "../panels/problems/ProblemsPanel";
import { SessionPanel } from "../panels/session/SessionPanel";
import { VariablesPanel } from "../panels/variables/VariablesPanel";
import { PeopleIn } from "../presence/Avatar";
import { isWrong, useProblems } from "../project/problems";
import { useHasDocument } from "../project/session";
import { DeletedDocument } from "../workspace/DeletedDocument";
import { PanelFrame } from "../workspace/PanelFrame";
import { activateDocument } from "../project/activeDocument";
import { closeTab } from "../workspace/tabs";

function panel(name: string, Content: ComponentType): FunctionComponent<IDockviewPanelProps> {
  return function Panel({ api }) {
    return (
      <PanelFrame id={api.id} name={name}>
        <Content />
      </PanelFrame>
    );
  };
}

/** A panel that asks others for what it shows does so only while one sees it. The rest stay as they were left. */
function panelWhileSeen(name: string, Content: ComponentType): FunctionComponent<IDockviewPanelProps> {
  return function PanelWhileSeen(props) {
    const seen = useSeen(props);
    return (
      <PanelFrame id={props.api.id} name={name}>
        {seen && <Content />}
      </PanelFrame>
    );
  };
}

/** Whether the panel is in front in its group. */
function useSeen({ api }: IDockviewPanelProps): boolean {
  const [seen, setSeen] = useState(api.isVisible);
  useEffect(() => {
    const listening = api.onDidVisibilityChange((event) => setSeen(event.isVisible));
    return () => listening.dispose();
  }, [api]);
  return seen;
}

function DocumentPanel({ params: { document }, api }: IDockviewPanelProps<{ document: string }>) {
  const isDeleted = useHasDocument(document) === false;
  return (
    <PanelFrame id={api.id} name={api.title ?? "document"} className="panel panel-document">
      <div
        className="document-content"
        onFocusCapture={() => activateDocument(document)}
        onPointerDownCapture={() => activateDocument(document)}
      >
        {isDeleted ? (
          <DeletedDocument document={document} leave="Close the tab" onLeave={() => closeTab(document)} />
        ) : (
          <BlueprintEditor key={document} document={document} />
        )}
      </div>
    </PanelFrame>
  );
}

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

function useTitle({ api }: IDockviewPanelHeaderProps): string {
  const [title, setTitle] = useState(api.title ?? "");
  useEffect(() => {
    const listening = api.onDidTitleChange((event) => setTitle(event.title));
    return () => listening.dispose();
  }, [api]);
  return title;
}

function ToolTab(props: IDockviewPanelHeaderProps) {
  const title = useTitle(props);
  return (
    <div className="tab">
      <span>{title}</span>
      {props.api.id === "problems" && <ProblemCount />}
    </div>
  );
}

function ProblemCount() {
  const problems = useProblems().filter(isWrong);
  if (problems.length === 0) return null;
  const tone = problems.some((problem) => problem.severity === "error") ? "error" : "warning";
  return <Badge tone={tone}>{problems.length}</Badge>;
}

function DocumentTab(props: IDockviewPanelHeaderProps<{ document: string }>) {
  const title = useTitle(props);
  const close = () => closeTab(props.params.document);
  return (
    <div
      className="tab"
      onMouseDown={(event) => {
        if (event.button === 1) {
          event.preventDefault();
          close();
        }
      }}
    >
      <span>{title}</span>
      <PeopleIn document={props.params.document} />
      {/* A tab holds no other control: with the keyboard a tab is closed by the command. */}
      <span
        className="tab-close"
        title={`Close ${title}`}
        aria-hidden
        onPointerDown={(event) => event.stopPropagation()}
        onClick={(event) => {
          event.stopPropagation();
          close();
        }}
      >
        <X size={12} />
      </span>
    </div>
  );
}

export const TABS: Record<string, FunctionComponent<IDockviewPanelHeaderProps>> = {
  tool: ToolTab,
  document: DocumentTab as FunctionComponent<IDockviewPanelHeaderProps>,
};
