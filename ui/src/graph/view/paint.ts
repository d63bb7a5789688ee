/** Draws a graph as one picture: frames, wires as lines, nodes as rectangles tinted by family. */

import type { Drag, Marquee } from "../canvas/state";
import { visibleArea, type Viewport } from "../canvas/viewport";
import type { Picked } from "../gestures/changes";
import { pinPoint, titleOf, type Graph } from "../model/graph";
import { grow, intersects, textOf, type Point, type Rect, type Size } from "../model/records";
import { typeOf } from "./flow";
import { lookOf } from "./Pin";

export interface Scene {
  graph: Graph;
  viewport: Viewport;
  size: Size;
  /** Physical pixels per screen pixel. */
  density: number;
  selection: Picked;
  drag: Drag | null;
  marquee: Marquee | null;
  problems: ReadonlyMap<string, unknown>;
  colors: Colors;
}

/** The tokens a picture needs, as colours a 2D canvas understands. */
export interface Colors {
  node: string;
  line: string;
  text: string;
  accent: string;
  error: string;
  frame: string;
  /** The tint of a family of nodes. */
  family: (family: string) => string;
  /** The colour of a pin, by its token. */
  pin: (token: string) => string;
}

const HEADER_SHARE = 28;
const TITLES_ABOVE = 0.16;
const NO_DRAG: Point = { x: 0, y: 0 };

export function paintOverview(context: CanvasRenderingContext2D, scene: Scene): void {
  const { viewport, size, density } = scene;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, size.width * density, size.height * density);
  const scale = viewport.zoom * density;
  context.setTransform(scale, 0, 0, scale, viewport.x * density, viewport.y * density);
  paintComments(context, scene);
  paintWires(context, scene);
  paintNodes(context, scene);
  paintTitles(context, scene);
}

function paintComments(
  context: CanvasRenderingContext2D,
  { graph, viewport, drag, selection, marquee, colors }: Scene,
): void {
  for (const { id, rect, record } of graph.comments.values()) {
    const by = drag?.comments.has(id) ? drag.by : NO_DRAG;
    const color = textOf(record, "color") || colors.frame;
    context.globalAlpha = 0.12;
    context.fillStyle = color;
    context.fillRect(rect.x + by.x, rect.y + by.y, rect.width, rect.height);
    context.globalAlpha = 0.8;
    const selected = selection.comments.has(id) || marquee?.comments.has(id);
    context.strokeStyle = selected ? colors.accent : color;
    context.lineWidth = (selected ? 2 : 1) / viewport.zoom;
    context.strokeRect(rect.x + by.x, rect.y + by.y, rect.width, rect.height);
    context.globalAlpha = 1;
  }
}

/** What frames are called, over what they hold: so small, these are what one finds one's way by. */
function paintTitles(context: CanvasRenderingContext2D, { graph, viewport, drag, colors }: Scene): void {
  for (const { id, rect, record } of graph.comments.values()) {
    const by = drag?.comments.has(id) ? drag.by : NO_DRAG;
    const { x, y, height, width } = titleOfFrame(rect, viewport.zoom);
    context.font = `600 ${height}px Inter Variable, Inter, sans-serif`;
    context.textBaseline = "bottom";
    context.lineJoin = "round";
    context.lineWidth = height / 3;
    context.strokeStyle = colors.node;
    context.strokeText(textOf(record, "text"), x + by.x, y + by.y, width);
    context.fillStyle = textOf(record, "color") || colors.frame;
    context.fillText(textOf(record, "text"), x + by.x, y + by.y, width);
  }
}

/** Where what a frame is called stands, by its bottom left: it grows upwards, out of the frame, and not over what that holds. */
export function titleOfFrame(rect: Rect, zoom: number) {
  return {
    x: rect.x + 8,
    y: rect.y + HEADER_SHARE - 4,
    height: Math.min(14 / zoom, rect.height / 2),
    width: rect.width - 16,
  };
}

function paintWires(
  context: CanvasRenderingContext2D,
  { graph, viewport, size, drag, selection, colors }: Scene,
): void {
  const area = visibleArea(viewport, size);
  const byColor = new Map<string, Path2D>();
  for (const id of graph.wireIndex().query(area)) {
    const wire = graph.wires.get(id);
    const from = wire && pinPoint(graph, wire.from);
    const to = wire && pinPoint(graph, wire.to);
    if (!wire || !from || !to) continue;
    const color = selection.wires.has(id)
      ? colors.accent
      : colors.pin(lookOf(graph.language, wire.kind, typeOf(graph, wire)).token);
    let path = byColor.get(color);
    if (!path) byColor.set(color, (path = new Path2D()));
    const start = drag?.nodes.has(wire.from.node) ? drag.by : NO_DRAG;
    const end = drag?.nodes.has(wire.to.node) ? drag.by : NO_DRAG;
    path.moveTo(from.x + start.x, from.y + start.y);
    for (const { x, y } of wire.route) path.lineTo(x, y);
    path.lineTo(to.x + end.x, to.y + end.y);
  }
  context.lineWidth = Math.max(1 / viewport.zoom, 2);
  context.globalAlpha = 0.55;
  for (const [color, path] of byColor) {
    context.strokeStyle = color;
    context.stroke(path);
  }
  context.globalAlpha = 1;
}

function paintNodes(context: CanvasRenderingContext2D, scene: Scene): void {
  const { viewport, size, drag, selection, marquee, colors, problems } = scene;
  const area = visibleArea(viewport, size);
  const headers = new Map<string, Path2D>();
  const bodies = new Path2D();
  const chosen = new Path2D();
  const faulty = new Path2D();
  const titled: { text: string; x: number; y: number; width: number }[] = [];
  for (const node of nodesIn(scene, area)) {
    const by = drag?.nodes.has(node.id) ? drag.by : NO_DRAG;
    const x = node.rect.x + by.x;
    const y = node.rect.y + by.y;
    const { width, height } = node.rect;
    bodies.rect(x, y, width, height);
    const family = colors.family(node.shape.known ? node.shape.family : "unknown");
    let header = headers.get(family);
    if (!header) headers.set(family, (header = new Path2D()));
    header.rect(x, y, width, Math.min(HEADER_SHARE, height));
    if (selection.nodes.has(node.id) || marquee?.nodes.has(node.id)) chosen.rect(x, y, width, height);
    if (problems.has(node.id)) faulty.rect(x, y, width, height);
    if (viewport.zoom > TITLES_ABOVE)
      titled.push({ text: titleOf(node), x: x + 8, y: y + HEADER_SHARE / 2, width: width - 16 });
  }
  context.fillStyle = colors.node;
  context.fill(bodies);
  for (const [color, path] of headers) {
    context.fillStyle = color;
    context.fill(path);
  }
  context.lineWidth = 1 / viewport.zoom;
  context.strokeStyle = colors.line;
  context.stroke(bodies);
  context.lineWidth = 2 / viewport.zoom;
  context.strokeStyle = colors.error;
  context.stroke(faulty);
  context.strokeStyle = colors.accent;
  context.stroke(chosen);
  context.font = "600 20px Inter Variable, Inter, sans-serif";
  context.textBaseline = "middle";
  context.fillStyle = colors.text;
  for (const { text, x, y, width } of titled) context.fillText(text, x, y, width);
}

function nodesIn({ graph, drag }: Scene, area: ReturnType<typeof visibleArea>) {
  const near = drag ? grow(area, Math.hypot(drag.by.x, drag.by.y)) : area;
  return [...graph.nodeIndex().query(near)].flatMap((id) => {
    const node = graph.nodes.get(id);
    return node && intersects(node.rect, near) ? [node] : [];
  });
}
