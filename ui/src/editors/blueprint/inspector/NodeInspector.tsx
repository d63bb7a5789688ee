import { CornerDownLeft, RotateCcw } from "lucide-react";

import { attemptEdit } from "../../../workspace/editing";
import { FieldRow, Help, IconButton, SectionHeading, Select, TextField } from "../../../design";
import { newestRecord, useDerived, useReading, useRecord } from "../../../documents/document";
import { reveal } from "../../../documents/selection";
import type { FieldValue, Literal, RecordData, Socket } from "../../../ipc/types";
import { textOf } from "../../../documents/reading";
import type { Derived } from "../../../documents/records";
import { shapeOf } from "../../../graph/model/shape";
import type { Inspected } from "../../../workspace/kinds";
import { useOperations } from "../operations";
import { nodeTitle } from "../words";
import { ConfigurationField } from "./ConfigurationField";
import { LiteralField } from "./LiteralField";
import { asLiteral } from "./literals";
import { NodeTitle } from "./NodeTitle";
import "./inspector.css";

/** What a node is called, and its operation. */
export function NodeHeading({ document, id }: Inspected) {
  const { byOp } = useOperations();
  const node = useRecord(document, "nodes", id);
  const shape = useShape(document, id);
  return (
    <header className="inspector-title">
      <span>{nodeTitle(node, shape, byOp.get(textOf(node, "op")))}</span>
      <span className="inspector-op">{textOf(node, "op")}</span>
    </header>
  );
}

/** One node of a Blueprint: its name, configuration and values. */
export function NodeInspector({ document, id }: Inspected) {
  const { byOp } = useOperations();
  const node = useRecord(document, "nodes", id);
  const shape = useShape(document, id);
  if (!node) return null;
  const operation = byOp.get(textOf(node, "op"));
  const set = (fields: Record<string, FieldValue | null>) =>
    void attemptEdit(document, "node.set", [{ collection: "nodes", id, set: fields }]);
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
              document={document}
              parameter={parameter}
              value={node[`configuration.${parameter.id}`]}
              onSet={(change) => {
                const field = `configuration.${parameter.id}`;
                set({ [field]: change(newestRecord(document, "nodes", id)?.[field]) });
              }}
            />
          </FieldRow>
        ))}
      </section>
      {shape && shape.valuesIn.length > 0 && (
        <section className="inspector-section" aria-label="Values">
          <SectionHeading title="Values" />
          {shape.valuesIn.map((socket) => (
            <SocketRow
              key={socket.id}
              document={document}
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

/** How a node looks. */
const useShape = (document: string, node: string) =>
  useReading(document, (records) => shapeOf(records, node));

/** Where the value at an input comes from: the node, by {@link inputKey}. */
const SOURCES: Derived<ReadonlyMap<string, string>> = {
  from: { wires: ["kind", "from", "to", "input"] },
  make: (records) => {
    const sources = new Map<string, string>();
    for (const wire of records.all("wires").values()) {
      const key = inputKey(textOf(wire, "to"), textOf(wire, "input"));
      if (wire.kind === "value" && !sources.has(key)) sources.set(key, textOf(wire, "from"));
    }
    return sources;
  },
};

const inputKey = (node: string, socket: string) => `${node} ${socket}`;

interface SocketRowProps {
  document: string;
  node: string;
  record: RecordData;
  socket: Socket;
  onSet: (fields: Record<string, FieldValue | null>) => void;
}

function SocketRow({ document, node, record, socket, onSet }: SocketRowProps) {
  const label = socket.label || socket.id;
  const from = useDerived(document, SOURCES)?.get(inputKey(node, socket.id));
  if (from !== undefined) {
    return (
      <FieldRow label={label}>
        <button
          type="button"
          className="inspector-connected"
          onClick={() => reveal(document, [{ collection: "nodes", id: from }])}
        >
          <CornerDownLeft size={13} aria-hidden /> from <NodeTitle document={document} id={from} />
        </button>
      </FieldRow>
    );
  }
  const field = `values.${socket.id}`;
  const literal = asLiteral(record[field]);
  const signature = literal?.type ?? socket.signature ?? socket.accepts[0];
  const commit = (change: (now: Literal | undefined) => Literal) => {
    const now = asLiteral(newestRecord(document, "nodes", node)?.[field]);
    onSet({ [field]: change(now) as unknown as FieldValue });
  };
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
          onChange={(type) => commit(() => ({ type }))}
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
