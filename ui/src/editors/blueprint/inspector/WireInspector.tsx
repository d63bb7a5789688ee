import { useRecord } from "../../../documents/document";
import { reveal } from "../../../documents/selection";
import { FieldRow } from "../../../design";
import { textOf } from "../../../documents/reading";
import type { Inspected } from "../../../workspace/kinds";
import { NodeTitle } from "./NodeTitle";
import "./inspector.css";

/** Where a wire leaves and where it enters. */
export function WireInspector({ document, id }: Inspected) {
  const wire = useRecord(document, "wires", id);
  const end = (field: "from" | "to", socket: "output" | "input") => {
    const node = textOf(wire, field);
    return (
      <button
        type="button"
        className="inspector-connected"
        onClick={() => reveal(document, [{ collection: "nodes", id: node }])}
      >
        <NodeTitle document={document} id={node} /> · {textOf(wire, socket)}
      </button>
    );
  };
  return (
    <section className="inspector-section" aria-label="Wire">
      <FieldRow label="Carries">
        <span className="inspector-note">{wire?.kind === "flow" ? "control" : "a value"}</span>
      </FieldRow>
      <FieldRow label="From">{end("from", "output")}</FieldRow>
      <FieldRow label="To">{end("to", "input")}</FieldRow>
    </section>
  );
}
