/**
 * How large a node is and where its pins stand, from its shape alone. Nothing is measured in the page: React Flow gets
 * these numbers up front, hit tests and the overview use them, and `view/canvas.css` has the same constants.
 */

import type { NodeShape, Socket } from "../../ipc/types";
import type { GraphLanguage } from "../language";
import type { PinAddress, PinSide } from "../pins";
import { literalOf, textOf, type Point, type RecordData, type Size, type WireKind } from "./records";

export const HEADER_HEIGHT = 28;
export const ROW_HEIGHT = 24;
export const BODY_PADDING = 4;
export const MIN_WIDTH = 168;
export const MAX_WIDTH = 384;
/** How near to a pin counts as on it. */
export const PIN_REACH = 12;

const PIN_INSET = 14;
const GAP = 12;
const HEADER_EXTRA = 60;

/** A pin of a node, relative to the node's corner. */
export interface Pin {
  side: PinSide;
  kind: WireKind;
  socket: Socket;
  at: Point;
  connected: boolean;
  /** The operation has no such socket; a wire still ends there. */
  missing: boolean;
  /** The type of the value that can be typed in beside the pin; none where a wire or no value belongs. */
  inline: string | null;
}

/** One line of a node's body. */
export interface Row {
  input?: Pin;
  output?: Pin;
}

export interface NodeGeometry extends Size {
  rows: Row[];
  pins: Pin[];
}

/** The sockets of a node that wires end at, each as `kind:socket`. */
export interface Connected {
  inputs: ReadonlySet<string>;
  outputs: ReadonlySet<string>;
}

export const unconnected: Connected = { inputs: new Set(), outputs: new Set() };

export function socketKey(kind: WireKind, socket: string): string {
  return `${kind}:${socket}`;
}

export function nodeGeometry(
  { values }: Pick<GraphLanguage, "values">,
  shape: NodeShape,
  node: RecordData,
  connected: Connected,
): NodeGeometry {
  const rows: Row[] = [];
  const pins: Pin[] = [];
  const flowInputs = pinsOf(values, "input", "flow", shape.flowIn, connected.inputs, node);
  const flowOutputs = pinsOf(values, "output", "flow", shape.flowOut, connected.outputs, node);
  const valueInputs = pinsOf(values, "input", "value", shape.valuesIn, connected.inputs, node);
  const valueOutputs = pinsOf(values, "output", "value", shape.valuesOut, connected.outputs, node);
  const outputs = [...flowOutputs, ...valueOutputs];
  // Flows stand above values; an input and an output share a line, values starting below the last flow input.
  const inputs = [...flowInputs, ...valueInputs];
  for (let line = 0; line < Math.max(inputs.length, outputs.length); line++) {
    const y = HEADER_HEIGHT + BODY_PADDING + ROW_HEIGHT * (line + 0.5);
    const row: Row = {};
    const input = inputs[line];
    if (input) {
      input.at = { x: 0, y };
      row.input = input;
      pins.push(input);
    }
    const output = outputs[line];
    if (output) {
      output.at = { x: 0, y };
      row.output = output;
      pins.push(output);
    }
    rows.push(row);
  }
  const width = widthOf(values, shape, node, rows);
  for (const pin of pins) if (pin.side === "output") pin.at.x = width;
  const height = HEADER_HEIGHT + 2 * BODY_PADDING + Math.max(rows.length, 1) * ROW_HEIGHT;
  return { width, height, rows, pins };
}

export function findPin(geometry: NodeGeometry, pin: Omit<PinAddress, "node">): Pin | undefined {
  return geometry.pins.find(
    ({ side, kind, socket }) => side === pin.side && kind === pin.kind && socket.id === pin.socket,
  );
}

/** What stands in a node's header: the name a person gave it, else the operation's title; beside it the small word. */
export function headerOf(shape: NodeShape, node: RecordData): { title: string; word: string } {
  const label = textOf(node, "label");
  if (label) return { title: label, word: shape.title };
  return { title: shape.title, word: shape.known ? shape.family : "unknown" };
}

/** How wide a text is, near enough and the same everywhere: the shares of an em that Inter's letters take. */
export function textWidth(text: string, size = 12): number {
  let ems = 0;
  for (const letter of text) {
    if ("iljI.,:;'|! ".includes(letter)) ems += 0.3;
    else if ("mwMW@%".includes(letter)) ems += 0.9;
    else if ("ftr()[]/-".includes(letter)) ems += 0.4;
    else if (letter >= "A" && letter <= "Z") ems += 0.7;
    else if (letter > "\u2e80") ems += 1;
    else ems += 0.6;
  }
  return Math.ceil(ems * size);
}

function widthOf(values: GraphLanguage["values"], shape: NodeShape, node: RecordData, rows: Row[]): number {
  const { title, word } = headerOf(shape, node);
  let widest = textWidth(title, 12.5) * 1.06 + textWidth(word, 11) + HEADER_EXTRA;
  for (const { input, output } of rows) {
    let width = PIN_INSET * 2;
    if (input) width += textWidth(input.socket.label) + (input.inline ? values.widthOf(input.inline) + 8 : 0);
    if (output) width += textWidth(output.socket.label) + (input ? GAP : 0);
    widest = Math.max(widest, width);
  }
  // Whole multiples of eight, so that pins of aligned nodes stay on the grid.
  return Math.min(Math.max(Math.ceil(widest / 8) * 8, MIN_WIDTH), MAX_WIDTH);
}

function pinsOf(
  values: GraphLanguage["values"],
  side: PinSide,
  kind: WireKind,
  sockets: readonly Socket[],
  connected: ReadonlySet<string>,
  node: RecordData,
): Pin[] {
  const pins = sockets.map((socket): Pin => {
    const isConnected = connected.has(socketKey(kind, socket.id));
    const editable = side === "input" && kind === "value" && !isConnected;
    const inline = editable ? values.typeAt(socket, literalOf(node, socket.id)) : null;
    return { side, kind, socket, at: { x: 0, y: 0 }, connected: isConnected, missing: !socket.known, inline };
  });
  for (const key of connected) {
    if (!key.startsWith(`${kind}:`)) continue;
    const id = key.slice(kind.length + 1);
    if (sockets.some((socket) => socket.id === id)) continue;
    const socket: Socket = { id, label: id, known: false, signature: null, accepts: [] };
    pins.push({ side, kind, socket, at: { x: 0, y: 0 }, connected: true, missing: true, inline: null });
  }
  return pins;
}
