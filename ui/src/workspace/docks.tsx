/** What stands in the docks: the frames of panels, documents, and their tabs. */
import { X } from "lucide-react";
import { useEffect, useState } from "react";
import type { ComponentType, FunctionComponent } from "react";
import type { IDockviewPanelHeaderProps, IDockviewPanelProps } from "dockview-react";

import { Badge } from "../design";
import { PeopleIn } from "../presence/Avatar";
import { isWrong, useProblems } from "../project/problems";
import { useDocuments, useHasDocument } from "../project/session";
import { DeletedDocument } from "./DeletedDocument";
import { PanelFrame } from "./PanelFrame";
import { activateTab } from "../project/activeDocument";
import { kindOf } from "./kinds";
import { closeTab } from "./tabs";

/** A panel with its content. */
export function panel(name: string, Content: ComponentType): FunctionComponent<IDockviewPanelProps> {
  return function Panel({ api }) {
    return (
      <PanelFrame panel={api} name={name}>
        <Content />
      </PanelFrame>
    );
  };
}

/** A panel that asks others for what it shows does so only while one sees it. The rest stay as they were left. */
export function panelWhileSeen(name: string, Content: ComponentType): FunctionComponent<IDockviewPanelProps> {
  return function PanelWhileSeen(props) {
    const seen = useSeen(props);
    return (
      <PanelFrame panel={props.api} name={name}>
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

/** The tab of a document: the editor of its kind. */
export function DocumentPanel({ params: { document }, api }: IDockviewPanelProps<{ document: string }>) {
  const isDeleted = useHasDocument(document) === false;
  const { Editor } = kindOf(useDocuments().find(({ id }) => id === document)?.kind ?? "");
  return (
    <PanelFrame panel={api} name={api.title ?? "document"} className="panel panel-document">
      <div
        className="document-content"
        onFocusCapture={() => activateTab(document)}
        onPointerDownCapture={() => activateTab(document)}
      >
        {isDeleted ? (
          <DeletedDocument document={document} leave="Close the tab" onLeave={() => closeTab(document)} />
        ) : (
          Editor && <Editor key={document} document={document} />
        )}
      </div>
    </PanelFrame>
  );
}

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

/** The components of tabs, by the names that layouts store. */
export const TABS: Record<string, FunctionComponent<IDockviewPanelHeaderProps>> = {
  tool: ToolTab,
  document: DocumentTab as FunctionComponent<IDockviewPanelHeaderProps>,
};
