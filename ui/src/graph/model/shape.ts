/** How a node of a graph looks, which its kind derives from its record. */
import type { RecordReader } from "../../documents/records";
import type { NodeShape } from "../../ipc/types";

/** How a node looks. One that was added a moment ago may not have its shape yet. */
export function shapeOf(records: RecordReader, node: string): NodeShape | undefined {
  return records.looks(node) as NodeShape | undefined;
}
