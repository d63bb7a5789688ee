import { EmptyState } from "../../design";
import { KindPanel, usePanelOf, whereToSee } from "../../workspace/KindPanel";

/** The accessible twin of a canvas: what is in the document one works in, as a tree. */
export function OutlinePanel() {
  const shown = usePanelOf("outline");
  if (shown) return <KindPanel shown={shown} />;
  return (
    <EmptyState title="Outline">
      What is in a document, as a list to search and to walk with the keyboard. {whereToSee("outline")}
    </EmptyState>
  );
}
