/** The Blueprint editor. */

import { GraphEditor } from "../../graph/GraphEditor";
import { language } from "./language";

export function BlueprintEditor({ document }: { document: string }) {
  return <GraphEditor document={document} language={language} />;
}
