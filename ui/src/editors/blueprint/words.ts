/** What nodes and wires are called, for lists and trees. */
import { textOf } from "../../documents/reading";
import type { RecordReader } from "../../documents/records";
import { shapeOf } from "../../graph/model/shape";
import type { NodeShape, Operation, RecordData } from "../../ipc/types";

export function nodeTitle(
  node: RecordData | undefined,
  shape: NodeShape | undefined,
  operation?: Operation,
): string {
  return textOf(node, "label") || shape?.title || operation?.title || textOf(node, "op") || "Node";
}

/** `Branch · true → Set pointer · in`, shortened where a socket has no label of its own. */
export function wireTitle(records: RecordReader, wire: RecordData): string {
  const end = (node: string, socket: string, side: "out" | "in") => {
    const shape = shapeOf(records, node);
    const sockets =
      side === "out"
        ? [...(shape?.flowOut ?? []), ...(shape?.valuesOut ?? [])]
        : [...(shape?.flowIn ?? []), ...(shape?.valuesIn ?? [])];
    const label = sockets.find((candidate) => candidate.id === socket)?.label ?? socket;
    const title = nodeTitle(records.get("nodes", node), shape);
    return label ? `${title} · ${label}` : title;
  };
  return `${end(textOf(wire, "from"), textOf(wire, "output"), "out")} → ${end(textOf(wire, "to"), textOf(wire, "input"), "in")}`;
}
