/** A node. Its size and its pins' places come from geometry; it renders again only when its own record changes. */

import type { NodeProps } from "@xyflow/react";
import { CircleAlert, TriangleAlert } from "lucide-react";
import { memo } from "react";

import { textOf } from "../model/records";
import { headerOf, type Pin as PinModel, type Row } from "../model/geometry";
import { nodeName, type GraphNode } from "../model/graph";
import type { PinType } from "../pins";
import type { FlowNode, NodeData } from "./flow";
import { useCanvas, useEditor } from "./editor";
import { NameField } from "./NameField";
import { Pin } from "./Pin";
import { setLabel } from "../gestures/changes";

export const NodeView = memo(
  function NodeView({ data, selected }: NodeProps<FlowNode>) {
    const { node, problems } = data;
    const { shape, record, geometry } = node;
    const { graph } = useEditor();
    const { language } = graph();
    const connecting = useCanvas((state) => state.connecting);
    const { title, word } = headerOf(shape, record);
    const error = problems.some(({ severity }) => severity === "error");
    const dims = (pin: PinModel): boolean =>
      connecting !== null &&
      !(connecting.from.node === node.id && same(connecting.type, pin)) &&
      !language.judge(
        { ...connecting.type, node: connecting.from.node },
        { node: node.id, side: pin.side, kind: pin.kind, socket: pin.socket },
        graph(),
      ).allowed;
    return (
      <article
        className="bp-node"
        data-family={shape.known ? shape.family : "unknown"}
        data-selected={selected || undefined}
        data-problem={problems.length > 0 ? (error ? "error" : "warning") : undefined}
        style={{ width: geometry.width, height: geometry.height }}
        role="group"
        tabIndex={-1}
        data-node={node.id}
        data-reason-below
        aria-label={nodeName(node)}
        aria-describedby={problems.length > 0 ? `bp-problem-${node.id}` : undefined}
      >
        <header className="bp-node-header">
          <language.Icon op={textOf(record, "op")} family={shape.family} known={shape.known} size={13} />
          <Title node={node} title={title} />
          <span className="bp-node-word">{word}</span>
        </header>
        {geometry.rows.map((row, line) => (
          <RowView key={line} row={row} node={node} />
        ))}
        {geometry.pins.map((pin) => (
          <Pin
            key={`${pin.side}:${pin.kind}:${pin.socket.id}`}
            language={language}
            pin={pin}
            dimmed={dims(pin)}
          />
        ))}
        {problems.length > 0 && <Badge id={node.id} problems={problems} error={error} />}
      </article>
    );
  },
  (before, after) => before.data === after.data && before.selected === after.selected,
);

function Title({ node, title }: { node: GraphNode; title: string }) {
  const { store, commit, focus } = useEditor();
  const naming = useCanvas((state) => state.naming?.kind === "node" && state.naming.id === node.id);
  if (!naming) {
    return (
      <span className="bp-node-title" title={title}>
        {title}
      </span>
    );
  }
  return (
    <NameField
      label="Name of the node"
      value={textOf(node.record, "label")}
      placeholder={node.shape.title}
      onDone={(label) => {
        store.setState({ naming: null });
        if (label !== undefined && label !== textOf(node.record, "label")) commit(setLabel(node.id, label));
        focus();
      }}
    />
  );
}

function RowView({ row: { input, output }, node }: { row: Row; node: GraphNode }) {
  const { Field } = useEditor().graph().language.values;
  return (
    <div className="bp-row">
      {input && (
        <span className="bp-row-input">
          <span className="bp-label" data-missing={input.missing || undefined}>
            {input.socket.label}
          </span>
          {input.inline !== null && <Field node={node} socket={input.socket} type={input.inline} />}
        </span>
      )}
      {output && (
        <span className="bp-label bp-row-output" data-missing={output.missing || undefined}>
          {output.socket.label}
        </span>
      )}
    </div>
  );
}

function Badge({ id, problems, error }: { id: string; problems: NodeData["problems"]; error: boolean }) {
  const messages = problems.map(({ message }) => message).join("\n");
  const Icon = error ? CircleAlert : TriangleAlert;
  return (
    <span className="bp-badge" data-severity={error ? "error" : "warning"} title={messages}>
      <Icon size={16} aria-hidden="true" />
      <span id={`bp-problem-${id}`} className="bp-badge-text">
        {messages}
      </span>
    </span>
  );
}

function same(type: PinType, pin: PinModel): boolean {
  return type.side === pin.side && type.socket === pin.socket;
}
