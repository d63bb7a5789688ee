/**
 * What pressing, dragging and letting go on the canvas means. Framework-free: it reads the graph, changes the canvas's
 * state while a gesture lasts, and commits at most one event when it ends. Hits come from geometry, so that everything
 * works alike on mounted nodes and on the overview.
 */

import type { CanvasStore } from "../canvas/state";
import { carriedBy, resized } from "../model/comments";
import type { Pin } from "../model/geometry";
import { pinOf, pinPoint, wiresAt, type Graph, type GraphWire } from "../model/graph";
import { hitTest, inMarquee, nodeAt, pinNear, type Hit } from "../model/hit";
import { rectBetween, type Gesture, type Point } from "../model/records";
import { snap } from "../model/snap";
import { samePin, type PinAddress, type PinType, type Verdict } from "../pins";
import { socketFor } from "../palette/offers";
import { connect, disconnect, moveRecords, resizeComment, rewire, setRoute, type Picked } from "./changes";

export type SelectMode = "replace" | "add" | "toggle";

/** What a gesture needs from the editor around it. */
export interface Surroundings {
  graph: () => Graph;
  store: CanvasStore;
  commit: (gesture: Gesture | undefined) => void;
  select: (picked: Partial<Picked>, mode: SelectMode) => void;
  newId: () => string;
}

export interface Press {
  /** On the canvas, in canvas pixels. */
  at: Point;
  /** On the canvas element, in screen pixels. */
  screen: Point;
  shift: boolean;
  control: boolean;
  alt: boolean;
}

/** A gesture in progress. */
export interface Dragging {
  move: (press: Press) => void;
  end: (press: Press) => void;
  cancel: () => void;
}

/** A press that moves less than this, in screen pixels, is a click. */
const CLICK = 4;
const PIN_SNAP = 20;

export function press(around: Surroundings, start: Press, hit: Hit): Dragging | undefined {
  switch (hit.kind) {
    case "pin":
      return pressPin(around, start, hit.pin);
    case "wire-end": {
      const wire = around.graph().wires.get(hit.id);
      if (!wire) return undefined;
      return afterThreshold(start, drawWire(around, hit.end === "from" ? wire.to : wire.from, wire), () =>
        around.select({ wires: new Set([wire.id]) }, modeOf(start)),
      );
    }
    case "route":
      return pressRoute(around, start, hit);
    case "wire":
      if (start.alt) {
        around.commit(disconnect([around.graph().wires.get(hit.id)].filter((wire) => wire !== undefined)));
        return undefined;
      }
      around.select({ wires: new Set([hit.id]) }, modeOf(start));
      return undefined;
    case "node":
      return pressRecord(around, start, "nodes", hit.id);
    case "comment":
      return pressRecord(around, start, "comments", hit.id);
    case "comment-edge":
      return pressEdge(around, start, hit);
    case "canvas":
      return marquee(around, start);
  }
}

/** What is under the pointer. */
export function hitAt({ graph, store }: Surroundings, at: Point, pins: boolean): Hit {
  const { viewport, selection } = store.getState();
  return hitTest(graph(), at, { scale: 1 / Math.max(viewport.zoom, 0.01), pins, above: selection.nodes });
}

function modeOf({ shift, control }: Press): SelectMode {
  return control ? "toggle" : shift ? "add" : "replace";
}

function pressRecord(around: Surroundings, start: Press, kind: "nodes" | "comments", id: string): Dragging {
  const selected = around.store.getState().selection[kind].has(id);
  const mode = modeOf(start);
  // An unselected record is selected at once; a selected one only when the press turns out to be a click.
  if (!selected) around.select({ [kind]: new Set([id]) }, mode);
  return afterThreshold(start, moveSelection(around, start), () => {
    if (selected) around.select({ [kind]: new Set([id]) }, mode);
  });
}

function moveSelection({ graph, store, commit }: Surroundings, start: Press): () => Dragging {
  return () => {
    const { selection } = store.getState();
    const carried = carriedBy(graph(), selection.comments);
    const nodes = new Set([...selection.nodes, ...carried.nodes]);
    const comments = new Set([...selection.comments, ...carried.comments]);
    const by = ({ at, alt }: Press): Point => {
      const raw = { x: at.x - start.at.x, y: at.y - start.at.y };
      return store.getState().snapping !== alt ? snap(raw) : { x: Math.round(raw.x), y: Math.round(raw.y) };
    };
    return {
      move: (press) => store.setState({ drag: { nodes, comments, by: by(press) } }),
      end: (press) => {
        const { x, y } = by(press);
        const place = (position: Point): Point => ({ x: position.x + x, y: position.y + y });
        const now = graph();
        store.setState({ drag: null });
        commit(
          moveRecords(
            now,
            placesOf(nodes, (id) => now.nodes.get(id)?.position, place),
            placesOf(comments, (id) => now.comments.get(id)?.rect, place),
          ),
        );
      },
      cancel: () => store.setState({ drag: null }),
    };
  };
}

function pressPin(around: Surroundings, start: Press, pin: PinAddress): Dragging | undefined {
  const graph = around.graph();
  const wires = wiresAt(graph, pin);
  if (start.alt) {
    around.commit(disconnect(wires));
    return undefined;
  }
  const [wire] = wires;
  // A value input gives its wire up to the drag; with Control any pin that has one does. Otherwise a new wire begins.
  const gives = pin.kind === "value" && pin.side === "input";
  const moving = wire && wires.length === 1 && (gives || start.control) ? wire : undefined;
  const fixed = moving ? (pin.side === "input" ? moving.from : moving.to) : pin;
  return afterThreshold(start, drawWire(around, fixed, moving), () =>
    around.select({ nodes: new Set([pin.node]) }, modeOf(start)),
  );
}

function drawWire(around: Surroundings, from: PinAddress, wire: GraphWire | undefined): () => Dragging {
  const { graph, store, commit, newId } = around;
  return () => {
    const pin = pinOf(graph(), from);
    const begin = pinPoint(graph(), from);
    if (!pin || !begin) return { move: () => undefined, end: () => undefined, cancel: () => undefined };
    const type: PinType = { side: from.side, kind: pin.kind, socket: pin.socket };
    store.setState({ connecting: { from, type, start: begin, ...(wire && { wire: wire.id }) } });
    const stop = (): void => store.setState({ connecting: null, loose: null });
    const look = ({ at }: Press): PinAddress | undefined => partnerAt(around, from, type, at);
    return {
      move: (press) => {
        const over = look(press);
        const end = over && pinOf(graph(), over);
        store.setState({
          loose: {
            at: press.at,
            ...(over && end && { over, verdict: verdictOn(graph(), from, type, over, end) }),
          },
        });
      },
      end: (press) => {
        stop();
        const over = look(press);
        if (over) {
          const end = pinOf(graph(), over);
          if (!end || !verdictOn(graph(), from, type, over, end).allowed) return;
          commit(wire ? rewire(graph(), wire, over) : orNothing(connect(graph(), from, over, newId())));
        } else if (!nodeAt(graph(), press.at, store.getState().selection.nodes)) {
          if (wire) commit(disconnect([wire]));
          else store.setState({ palette: { screen: press.screen, at: press.at, pin: from } });
        }
      },
      cancel: stop,
    };
  };
}

function verdictOn(graph: Graph, from: PinAddress, type: PinType, over: PinAddress, end: Pin): Verdict {
  return graph.language.judge(
    { ...type, node: from.node },
    { node: over.node, side: over.side, kind: end.kind, socket: end.socket },
    graph,
  );
}

/** The pin meant by a point: the nearest one, or the first of the node under it that fits. */
function partnerAt(
  { graph, store }: Surroundings,
  from: PinAddress,
  type: PinType,
  at: Point,
): PinAddress | undefined {
  const near = pinNear(graph(), at, PIN_SNAP);
  if (near && !samePin(near, from)) return near;
  const node = nodeAt(graph(), at, store.getState().selection.nodes);
  if (!node || node.id === from.node) return undefined;
  const fit = socketFor(graph(), node.shape, type);
  return fit && { node: node.id, side: fit.side, kind: type.kind, socket: fit.id };
}

function pressRoute(
  around: Surroundings,
  start: Press,
  hit: { id: string; index: number },
): Dragging | undefined {
  const { graph, store, commit, select } = around;
  const wire = graph().wires.get(hit.id);
  if (!wire) return undefined;
  if (start.alt) {
    commit(
      setRoute(
        wire.id,
        wire.route.filter((_, index) => index !== hit.index),
      ),
    );
    return undefined;
  }
  const routed = ({ at }: Press): Point[] =>
    wire.route.map((point, index) =>
      index === hit.index ? (store.getState().snapping ? snap(at) : at) : point,
    );
  return afterThreshold(
    start,
    () => ({
      move: (press) => store.setState({ route: { wire: wire.id, route: routed(press) } }),
      end: (press) => {
        store.setState({ route: null });
        commit(setRoute(wire.id, routed(press)));
      },
      cancel: () => store.setState({ route: null }),
    }),
    () => select({ wires: new Set([wire.id]) }, modeOf(start)),
  );
}

function pressEdge(
  around: Surroundings,
  start: Press,
  hit: Extract<Hit, { kind: "comment-edge" }>,
): Dragging {
  const { graph, store, commit, select } = around;
  const before = graph().comments.get(hit.id)?.rect;
  select({ comments: new Set([hit.id]) }, modeOf(start));
  const now = ({ at }: Press) => {
    const by = { x: at.x - start.at.x, y: at.y - start.at.y };
    return before && resized(before, hit.edges, store.getState().snapping ? snap(by) : by);
  };
  return afterThreshold(start, () => ({
    move: (press) => {
      const rect = now(press);
      if (rect) store.setState({ resize: { id: hit.id, rect } });
    },
    end: (press) => {
      const rect = now(press);
      store.setState({ resize: null });
      if (rect) commit(resizeComment(hit.id, rect));
    },
    cancel: () => store.setState({ resize: null }),
  }));
}

function marquee({ graph, store, select }: Surroundings, start: Press): Dragging {
  return afterThreshold(
    start,
    () => ({
      move: ({ at }) => {
        const rect = rectBetween(start.at, at);
        const { nodes, comments } = inMarquee(graph(), rect);
        store.setState({ marquee: { rect, nodes: new Set(nodes), comments: new Set(comments) } });
      },
      end: ({ at }) => {
        const { nodes, comments } = inMarquee(graph(), rectBetween(start.at, at));
        store.setState({ marquee: null });
        select({ nodes: new Set(nodes), comments: new Set(comments) }, modeOf(start));
      },
      cancel: () => store.setState({ marquee: null }),
    }),
    () => {
      if (modeOf(start) === "replace") select({}, "replace");
    },
  );
}

/** Begins the gesture once the pointer has moved far enough; before that it is a click. */
function afterThreshold(start: Press, begin: () => Dragging, click?: () => void): Dragging {
  let dragging: Dragging | undefined;
  return {
    move: (press) => {
      const far = Math.hypot(press.screen.x - start.screen.x, press.screen.y - start.screen.y) >= CLICK;
      if (!dragging && !far) return;
      dragging ??= begin();
      dragging.move(press);
    },
    end: (press) => {
      if (dragging) dragging.end(press);
      else click?.();
    },
    cancel: () => dragging?.cancel(),
  };
}

function placesOf(
  ids: ReadonlySet<string>,
  positionOf: (id: string) => Point | undefined,
  place: (position: Point) => Point,
): Map<string, Point> {
  return new Map(
    [...ids].flatMap((id) => {
      const position = positionOf(id);
      return position ? [[id, place(position)] as const] : [];
    }),
  );
}

function orNothing(gesture: Gesture): Gesture | undefined {
  return gesture.changes.length > 0 ? gesture : undefined;
}
