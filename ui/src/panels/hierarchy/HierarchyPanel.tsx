import { KindPanel, usePanelOf } from "../../workspace/KindPanel";
import { DocumentList } from "./DocumentList";
import "./hierarchy.css";

/** What the document one works in consists of, where its kind is a hierarchy, and below it the project's documents. */
export function HierarchyPanel() {
  const shown = usePanelOf("hierarchy");
  return (
    <>
      {shown && <KindPanel shown={shown} />}
      <DocumentList fill={shown === undefined} />
    </>
  );
}
