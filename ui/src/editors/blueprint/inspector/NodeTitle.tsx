import { useReading } from "../../../documents/document";
import { shapeOf } from "../../../graph/model/shape";
import type { Inspected } from "../../../workspace/kinds";
import { nodeTitle } from "../words";

/** What a node is called. */
export function NodeTitle({ document, id }: Inspected) {
  return useReading(document, (records) => nodeTitle(records.get("nodes", id), shapeOf(records, id)));
}
