import { reveal } from "../../documents/selection";
import type { DocumentView } from "../../documents/document";
import type { RecordData } from "../../ipc";
import { nodeTitle, textOf } from "../../project/describe";
import { Row } from "./Row";

/** Where a wire leaves and where it enters. */
export function WireInspector({ view, wire }: { view: DocumentView; wire: RecordData }) {
  const end = (field: "from" | "to", socket: "output" | "input") => {
    const node = textOf(wire, field);
    return (
      <button
        type="button"
        className="inspector-connected"
        onClick={() => reveal(view.id, [{ collection: "nodes", id: node }])}
      >
        {nodeTitle(view.collections.nodes?.[node], view.shapes[node])} · {textOf(wire, socket)}
      </button>
    );
  };
  return (
    <section className="inspector-section" aria-label="Wire">
      <Row label="Carries">
        <span className="inspector-note">{wire.kind === "flow" ? "control" : "a value"}</span>
      </Row>
      <Row label="From">{end("from", "output")}</Row>
      <Row label="To">{end("to", "input")}</Row>
    </section>
  );
}
