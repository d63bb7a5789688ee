import { Plus } from "lucide-react";

import { Button } from "../../design";
import { reveal } from "../../documents/selection";
import { useProject, workingDocuments } from "../../project/project";
import { useDocuments } from "../../project/session";
import { createDocument } from "../../workspace/documentGestures";
import { allKinds, newTitle } from "../../workspace/kinds";
import { DocumentLine } from "../hierarchy/DocumentList";
import "./overview.css";

/** The centre while no document is open in it. */
export function OverviewPanel() {
  const project = useProject();
  const documents = workingDocuments(useDocuments());
  return (
    <div className="overview">
      <h2>{project?.name}</h2>
      <p>
        {allKinds()
          .map(({ where }) => where)
          .join(" ")}
      </p>
      <ul aria-label="Documents">
        {documents.map((document) => (
          <li key={document.id}>
            <button type="button" className="document-item" onClick={() => reveal(document.id, [])}>
              <DocumentLine document={document} />
            </button>
          </li>
        ))}
      </ul>
      {allKinds()
        .filter(({ Editor }) => Editor)
        .map((kind) => (
          <Button
            key={kind.kind}
            icon={<Plus size={14} aria-hidden />}
            onClick={() => void createDocument(kind)}
          >
            {newTitle(kind)}
          </Button>
        ))}
    </div>
  );
}
