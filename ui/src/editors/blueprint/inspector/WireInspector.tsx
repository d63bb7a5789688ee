import { reveal } from "../../../documents/selection";
import { FieldRow } from "../../../design";
import { textOf } from "../../../documents/reading";
import type { Inspected } from "../../../workspace/kinds";
import { nodeTitle } from "../words";
import "./inspector.css";

/** Where a wire leaves and where it enters. */
export function WireInspector({ view, id }: Inspected) {
  const { records } = view;
  const wire = records.get("wires", id);
  const end = (field: "from" | "to", socket: "output" | "input") => {
    const node = textOf(wire, field);
    return (
      <button
        type="button"
        className="inspector-connected"
        onClick={() => reveal(view.id, [{ collection: "nodes", id: node }])}
      >
        {nodeTitle(records.get("nodes", node), records.shape(node))} · {textOf(wire, socket)}
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
