import { EmptyState } from "../../design";
import { KindPanel, usePanelOf, whereToSee } from "../../workspace/KindPanel";

/** The values that the document one works in keeps. */
export function VariablesPanel() {
  const shown = usePanelOf("variables");
  if (shown) return <KindPanel shown={shown} />;
  return <EmptyState title="Variables">Values that a graph keeps. {whereToSee("variables")}</EmptyState>;
}
