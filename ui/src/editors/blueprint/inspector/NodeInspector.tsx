import { CornerDownLeft, RotateCcw } from "lucide-react";

import { attemptEdit } from "../../../workspace/editing";
import { FieldRow, Help, IconButton, SectionHeading, Select, TextField } from "../../../design";
import type { DocumentView } from "../../../documents/document";
import { reveal } from "../../../documents/selection";
import type { FieldValue, Literal, RecordData, Socket } from "../../../ipc/types";
import { textOf } from "../../../documents/reading";
import type { Inspected } from "../../../workspace/kinds";
import { useOperations } from "../operations";
import { nodeTitle } from "../words";
import { ConfigurationField } from "./ConfigurationField";
import { LiteralField } from "./LiteralField";
import { asLiteral } from "./literals";
import "./inspector.css";

/** What a node is called, and its operation. */
export function NodeHeading({ view, id }: Inspected) {
  const { byOp } = useOperations();
  const { records } = view;
  const node = records.get("nodes", id);
  return (
    <header className="inspector-title">
      <span>{nodeTitle(node, records.shape(id), byOp.get(textOf(node, "op")))}</span>
      <span className="inspector-op">{textOf(node, "op")}</span>
    </header>
  );
}

/** One node of a Blueprint: its name, configuration and values. */
export function NodeInspector({ view, id }: Inspected) {
  const { byOp } = useOperations();
  const node = view.records.get("nodes", id);
  if (!node) return null;
  const shape = view.records.shape(id);
  const operation = byOp.get(textOf(node, "op"));
  const set = (fields: Record<string, FieldValue | null>) =>
    void attemptEdit(view.id, "node.set", [{ collection: "nodes", id, set: fields }]);
  return (
    <>
      <section className="inspector-section" aria-label="Node">
        <FieldRow label="Label">
          <TextField
            label="Label"
            value={textOf(node, "label")}
            placeholder={shape?.title ?? ""}
            onCommit={(label) => set({ label: label.trim() === "" ? null : label.trim() })}
          />
        </FieldRow>
        {operation?.configuration.map((parameter) => (
          <FieldRow key={parameter.id} label={parameter.label}>
            <ConfigurationField
              view={view}
              parameter={parameter}
              value={node[`configuration.${parameter.id}`]}
              onSet={(value) => set({ [`configuration.${parameter.id}`]: value })}
            />
          </FieldRow>
        ))}
      </section>
      {shape && shape.valuesIn.length > 0 && (
        <section className="inspector-section" aria-label="Values">
          <SectionHeading title="Values" />
          {shape.valuesIn.map((socket) => (
            <SocketRow key={socket.id} view={view} node={id} record={node} socket={socket} onSet={set} />
          ))}
        </section>
      )}
      {operation && operation.help !== "" && (
        <section className="inspector-section" aria-label="Help">
          <SectionHeading title="Help" />
          <p className="inspector-help">
            <Help text={operation.help} />
          </p>
        </section>
      )}
      {shape && !shape.known && (
        <p className="inspector-help">
          This version does not know the operation. The node is kept as it is, with everything it carries.
        </p>
      )}
    </>
  );
}

const BY_WIRE: readonly string[] = [];
const ANIMATIONS = ["animations"] as const;

/** What a reference at a socket may lead to. Events and delays are made while a graph runs. */
function referable(socket: string): readonly string[] | undefined {
  if (socket === "event" || socket === "delay") return BY_WIRE;
  return socket === "animation" ? ANIMATIONS : undefined;
}

interface SocketRowProps {
  view: DocumentView;
  node: string;
  record: RecordData;
  socket: Socket;
  onSet: (fields: Record<string, FieldValue | null>) => void;
}

function SocketRow({ view, node, record, socket, onSet }: SocketRowProps) {
  const label = socket.label || socket.id;
  const wire = [...view.records.all("wires").values()].find(
    (candidate) => candidate.to === node && candidate.input === socket.id && candidate.kind === "value",
  );
  if (wire) {
    const from = textOf(wire, "from");
    return (
      <FieldRow label={label}>
        <button
          type="button"
          className="inspector-connected"
          onClick={() => reveal(view.id, [{ collection: "nodes", id: from }])}
        >
          <CornerDownLeft size={13} aria-hidden /> from{" "}
          {nodeTitle(view.records.get("nodes", from), view.records.shape(from))}
        </button>
      </FieldRow>
    );
  }
  const field = `values.${socket.id}`;
  const literal = asLiteral(record[field]);
  const signature = literal?.type ?? socket.signature ?? socket.accepts[0];
  const commit = (next: Literal) => onSet({ [field]: next as unknown as FieldValue });
  return (
    <FieldRow
      label={label}
      end={
        literal && (
          <IconButton label={`Reset ${label}`} onClick={() => onSet({ [field]: null })}>
            <RotateCcw size={12} />
          </IconButton>
        )
      }
    >
      {socket.signature === null && socket.accepts.length > 1 && (
        <Select
          label={`Type of ${label}`}
          value={signature}
          options={socket.accepts.map((accepted) => ({ value: accepted, label: accepted }))}
          onChange={(type) => commit({ type })}
        />
      )}
      {signature !== undefined && (
        <LiteralField
          label={label}
          signature={signature}
          value={literal}
          targets={referable(socket.id)}
          onCommit={commit}
        />
      )}
    </FieldRow>
  );
}
