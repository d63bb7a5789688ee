import { Plus } from "lucide-react";
import type { IDockviewHeaderActionsProps } from "dockview-react";

import { IconButton, Menu } from "../design";
import { createDocument } from "./documentGestures";
import { allKinds, kindOf, newTitle } from "./kinds";
import { workingDocuments } from "../project/project";
import { useDocuments } from "../project/session";
import { goToDocument, isCentral } from "./tabs";

/** Beside the tabs of the centre: the documents to open there, and new ones. */
export function DocumentsMenu({ panels }: IDockviewHeaderActionsProps) {
  const documents = workingDocuments(useDocuments());
  if (!panels.some(({ id }) => isCentral(id))) return null;
  const iconOf = (kind: string) => {
    const { icon: Icon } = kindOf(kind);
    return <Icon size={14} />;
  };
  return (
    <div className="tabs-more">
      <Menu
        trigger={
          <IconButton label="Open or make a document">
            <Plus size={14} />
          </IconButton>
        }
        entries={[
          { kind: "label", label: "Open" },
          ...documents.map(({ id, kind, name }) => ({
            label: name,
            icon: iconOf(kind),
            // The menu gives the keyboard back first.
            run: () => setTimeout(() => goToDocument(id)),
          })),
          { kind: "separator" },
          ...allKinds().map((kind) => ({
            label: newTitle(kind),
            icon: iconOf(kind.kind),
            run: () => setTimeout(() => void createDocument(kind)),
          })),
        ]}
      />
    </div>
  );
}
