import { CornerDownLeft, RotateCcw } from "lucide-react";

import { attempt } from "../../workspace/notify";
import { Help, IconButton, Select, TextField } from "../../design";
import { edit, useDocument } from "../../documents/document";
import type { DocumentView } from "../../documents/document";
import { reveal } from "../../documents/selection";
import type { FieldValue, Literal, RecordData, Socket } from "../../ipc";
import { nodeTitle, textOf } from "../../project/describe";
import { useOperations } from "../../project/operations";
import { ConfigurationField } from "./ConfigurationField";
import { LiteralField } from "./LiteralField";
import { asLiteral } from "./literals";
import { Row, SectionHeading } from "./Row";

/** One node of a Blueprint: its name, configuration and values. */
export function NodeInspector({ document, id }: { document: string; id: string }) {
  const view = useDocument(document);
  const { byOp } = useOperations();
  const node = view?.collections.nodes?.[id];
  if (!view || !node) return null;
  const shape = view.shapes[id];
  const operation = byOp.get(textOf(node, "op"));
  const set = (fields: Record<string, FieldValue | null>) =>
    void attempt(edit(document, "node.set", [{ collection: "nodes", id, set: fields }]));
  return (
    <>
      <header className="inspector-title">
        <span>{nodeTitle(node, shape, operation)}</span>
        <span className="inspector-op">{textOf(node, "op")}</span>
      </header>
      <section className="inspector-section" aria-label="Node">
        <Row label="Label">
          <TextField
            key={id}
            label="Label"
            value={textOf(node, "label")}
            placeholder={shape?.title ?? ""}
            onCommit={(label) => set({ label: label.trim() === "" ? null : label.trim() })}
          />
        </Row>
        {operation?.configuration.map((parameter) => (
          <Row key={`${id} ${parameter.id}`} label={parameter.label}>
            <ConfigurationField
              view={view}
              parameter={parameter}
              value={node[`configuration.${parameter.id}`]}
              onSet={(value) => set({ [`configuration.${parameter.id}`]: value })}
            />
          </Row>
        ))}
      </section>
      {shape && shape.valuesIn.length > 0 && (
        <section className="inspector-section" aria-label="Values">
          <SectionHeading title="Values" />
          {shape.valuesIn.map((socket) => (
            <SocketRow
              key={`${id} ${socket.id}`}
              view={view}
              node={id}
              record={node}
              socket={socket}
              onSet={set}
            />
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
  const wire = Object.values(view.collections.wires ?? {}).find(
    (candidate) => candidate.to === node && candidate.input === socket.id && candidate.kind === "value",
  );
  if (wire) {
    const from = textOf(wire, "from");
    return (
      <Row label={label}>
        <button
          type="button"
          className="inspector-connected"
          onClick={() => reveal(view.id, [{ collection: "nodes", id: from }])}
        >
          <CornerDownLeft size={13} aria-hidden /> from{" "}
          {nodeTitle(view.collections.nodes?.[from], view.shapes[from])}
        </button>
      </Row>
    );
  }
  const field = `values.${socket.id}`;
  const literal = asLiteral(record[field]);
  const signature = literal?.type ?? socket.signature ?? socket.accepts[0];
  const commit = (next: Literal) => onSet({ [field]: next as unknown as FieldValue });
  return (
    <Row
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
    </Row>
  );
}
