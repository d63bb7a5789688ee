/** The canvas: React Flow shows what is near, gestures work on geometry, a picture stands in when zoomed far out. */

import "@xyflow/react/dist/base.css";
import "./canvas.css";

import { Background, BackgroundVariant, ReactFlow, ViewportPortal, useStoreApi } from "@xyflow/react";
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type RefObject,
} from "react";

import { onReveal } from "../../documents/selection";
import { stopFollowing } from "../../presence/follow";
import { keepView, keptView } from "../../workspace/place";
import { setStatus } from "../../workspace/status";
import type { Problem } from "../../ipc/types";
import { actionsOf } from "../canvas/actions";
import { catchPaste } from "../canvas/clipboardText";
import type { CanvasState } from "../canvas/state";
import {
  fitted,
  MAX_ZOOM,
  MIN_ZOOM,
  OVERVIEW_BELOW,
  revealed,
  viewOf,
  type Viewport as View,
} from "../canvas/viewport";
import type { Catalogue } from "../language";
import { nudging } from "../gestures/nudge";
import type { Graph } from "../model/graph";
import { boundsOf, type Point, type Size } from "../model/records";
import { CanvasMenu } from "../menus/CanvasMenu";
import { ConnectTo } from "../menus/ConnectTo";
import { Palette } from "../palette/Palette";
import { CommentView } from "./CommentView";
import { Controls } from "./Controls";
import { useCanvas, useEditor, type Editor } from "./editor";
import { buildFlow, emptyFlow, type Flow } from "./flow";
import { GestureLayer } from "./GestureLayer";
import { Minimap } from "./Minimap";
import { NodeView } from "./NodeView";
import { OthersLayer } from "./OthersLayer";
import { Overview } from "./Overview";
import { useCanvasCommands } from "./useCanvasCommands";
import { useDrop } from "./useDrop";
import { useFollowing } from "./useFollowing";
import { useNearArea } from "./useNearArea";
import { usePointer } from "./usePointer";
import { WireView } from "./WireView";
import { pickedOf } from "./useSelectionBridge";
import { useShownPresence } from "./useShownPresence";

const NODE_TYPES = { operation: NodeView };
const EDGE_TYPES = { wire: WireView };
/** Middle and right mouse button. */
const PAN_BUTTONS = [1, 2];

interface Props {
  name: string;
  graph: Graph;
  problems: ReadonlyMap<string, readonly Problem[]>;
  catalogue: Catalogue;
  root: RefObject<HTMLDivElement | null>;
  pointer: { current: Point | undefined };
}

/** The zoom from which text is comfortable to read. */
const READABLE = 0.7;

export function Canvas({ name, graph, problems, catalogue, root, pointer }: Props) {
  const editor = useEditor();
  const { title, Empty } = graph.language;
  const [active, setActive] = useState(false);
  const actions = useMemo(() => actionsOf(editor), [editor]);
  const nudge = useMemo(() => nudging(editor), [editor]);
  usePointer(root, editor, actions, nudge, pointer);
  useDrop(root, editor);
  const isShown = useCallback(() => root.current !== null && root.current.offsetParent !== null, [root]);
  useCanvasCommands(editor, actions, nudge, { hasFocus: active, isShown });
  useSize(root, editor);
  useToldView(editor);
  useReveal(editor);
  useShownPresence(root, editor);
  useFollowing(editor);
  useGivenSizes();
  const sized = useCanvas(({ size }) => size.width > 0);
  const empty = graph.nodes.size === 0 && graph.comments.size === 0;

  const onKeyDown = (event: KeyboardEvent): void => {
    const onCanvas =
      event.target === root.current ||
      (event.target instanceof Element && event.target.matches("[data-node]"));
    if (onCanvas && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "v") {
      // The browser's own paste needs no permission: it must not be prevented.
      event.stopPropagation();
      catchPaste((text) => actions.pasteText(text));
    }
  };
  return (
    <div
      ref={root}
      className="bp-canvas"
      role="application"
      tabIndex={0}
      aria-label={`${title} ${name}, ${graph.nodes.size} nodes`}
      aria-roledescription="node canvas"
      aria-describedby="bp-canvas-keys"
      onFocus={() => setActive(true)}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setActive(false);
      }}
      onKeyDown={onKeyDown}
    >
      <p id="bp-canvas-keys" className="bp-unseen">
        Tab adds a node; Shift and Tab, or F6, leave the canvas. Alt and arrow keys go from node to node,
        arrow keys move what is selected, the menu key opens its menu. The Outline lists the same nodes.
      </p>
      {sized && <Mounted graph={graph} problems={problems} />}
      <Overview graph={graph} problems={problems} />
      <OthersLayer graph={graph} />
      <GestureLayer />
      {empty ? <Empty actions={actions} /> : <Minimap graph={graph} />}
      <Controls actions={actions} />
      <Announcer graph={graph} />
      <Palette catalogue={catalogue} />
      <ConnectTo />
      <CanvasMenu actions={actions} catalogue={catalogue} />
    </div>
  );
}

/** What React Flow mounts; nothing while the overview is shown. */
function Mounted({ graph, problems }: Pick<Props, "graph" | "problems">) {
  const { store } = useEditor();
  const area = useNearArea(OVERVIEW_BELOW);
  const selection = useCanvas((state) => state.selection);
  const marquee = useCanvas((state) => state.marquee);
  const drag = useCanvas((state) => state.drag);
  const route = useCanvas((state) => state.route);
  const hiddenWire = useCanvas((state) => state.connecting?.wire);
  const previous = useRef<Flow>(emptyFlow);
  const flow = useMemo(
    () =>
      area
        ? // eslint-disable-next-line react-hooks/refs -- a cache of objects to keep, not state
          buildFlow(previous.current, {
            graph,
            area,
            drag,
            problems,
            route,
            hiddenWire,
            selectedNodes: (id) => selection.nodes.has(id) || marquee?.nodes.has(id) === true,
            selectedWires: (id) => selection.wires.has(id),
          })
        : emptyFlow,
    [graph, area, drag, problems, route, hiddenWire, selection, marquee],
  );
  useLayoutEffect(() => {
    previous.current = flow;
  }, [flow]);
  return (
    <ReactFlow
      nodes={flow.nodes}
      edges={flow.wires}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      onlyRenderVisibleElements
      defaultViewport={store.getState().viewport}
      onMove={(event, viewport) => {
        // Without an event the view was moved by the program.
        if (event) stopFollowing();
        store.setState({ viewport });
      }}
      minZoom={MIN_ZOOM}
      maxZoom={MAX_ZOOM}
      panOnDrag={PAN_BUTTONS}
      panActivationKeyCode="Space"
      zoomOnScroll={false}
      zoomOnDoubleClick={false}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      selectNodesOnDrag={false}
      selectionKeyCode={null}
      multiSelectionKeyCode={null}
      deleteKeyCode={null}
      disableKeyboardA11y
      proOptions={{ hideAttribution: true }}
    >
      <Background variant={BackgroundVariant.Dots} gap={22} size={1.6} color="var(--canvas-dot)" />
      {area && (
        <ViewportPortal>
          {[...graph.comments.values()].map((comment) => (
            <CommentView
              key={comment.id}
              comment={comment}
              selected={selection.comments.has(comment.id) || marquee?.comments.has(comment.id) === true}
            />
          ))}
        </ViewportPortal>
      )}
    </ReactFlow>
  );
}

/** Tells the status bar how large things are, and keeps where one looks for when the document is opened again. */
function useToldView({ document, store }: Editor): void {
  useEffect(() => {
    const tell = ({ viewport, size }: CanvasState): void => {
      if (size.width > 0) setStatus(document, { zoom: viewport.zoom });
    };
    tell(store.getState());
    const stop = store.subscribe((now, before) => {
      if (now.viewport === before.viewport && now.size === before.size) return;
      tell(now);
      if (before.size.width > 0 && now.viewport !== before.viewport) keepView(document, now.viewport);
    });
    return () => {
      stop();
      setStatus(document, undefined);
    };
  }, [document, store]);
}

/** Follows the size of the canvas; the first time, it decides where to look. */
function useSize(root: RefObject<HTMLDivElement | null>, editor: Editor): void {
  const { store } = editor;
  useLayoutEffect(() => {
    const element = root.current;
    if (!element) return undefined;
    const measure = (): void => {
      const size = { width: element.clientWidth, height: element.clientHeight };
      const before = store.getState().size;
      if (before.width === size.width && before.height === size.height) return;
      if (before.width === 0)
        store.setState({
          size,
          viewport: viewOf(keptView(editor.document)) ?? firstView(editor.graph(), size),
        });
      else if (size.width > 0) store.setState({ size });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [root, store, editor]);
}

/**
 * React Flow would measure each node that appears and look for its own handles in it, in place of those it was given.
 * It takes the action when it mounts, which is after the first layout.
 */
function useGivenSizes(): void {
  const flow = useStoreApi();
  useLayoutEffect(() => {
    flow.setState({ updateNodeInternals: () => undefined });
  }, [flow]);
}

/** Looks at what other panels point to. */
function useReveal(editor: Editor): void {
  const { document } = editor;
  useEffect(
    () =>
      onReveal(document, (refs, glance) => {
        const { nodes, wires, comments } = pickedOf(refs);
        const now = editor.graph();
        const ends = [...wires].flatMap((id) => {
          const wire = now.wires.get(id);
          return wire ? [wire.from.node, wire.to.node] : [];
        });
        const rects = [
          ...[...nodes, ...ends].flatMap((id) => now.nodes.get(id)?.rect ?? []),
          ...[...comments].flatMap((id) => now.comments.get(id)?.rect ?? []),
        ];
        const bounds = boundsOf(rects);
        const { viewport, size } = editor.store.getState();
        if (!glance) editor.frame(bounds);
        else if (bounds) editor.look(revealed(viewport, bounds, size));
      }),
    [editor, document],
  );
}

/** The whole graph if it can be read so; else its beginning, top left, where it can. */
function firstView(graph: Graph, size: Size): View {
  const rects = [...graph.comments.values(), ...graph.nodes.values()].map(({ rect }) => rect);
  const bounds = boundsOf(rects);
  const [some] = rects;
  if (!bounds || !some) return { x: 0, y: 0, zoom: 1 };
  const whole = fitted(bounds, size);
  if (whole.zoom >= READABLE) return whole;
  const first = rects.reduce((best, rect) => (rect.x + rect.y < best.x + best.y ? rect : best), some);
  return { x: 48 - first.x * READABLE, y: 56 - first.y * READABLE, zoom: READABLE };
}

/** Says what is selected to people who do not see it. */
function Announcer({ graph }: { graph: Graph }) {
  const words = useCanvas(({ selection: { nodes, wires, comments } }) => {
    const count = nodes.size + wires.size + comments.size;
    const [only] = nodes;
    if (count === 1 && only !== undefined) {
      const node = graph.nodes.get(only);
      return node ? `${node.shape.title} selected` : "";
    }
    return count === 0 ? "" : `${count} selected`;
  });
  return (
    <div className="bp-unseen" role="status">
      {words}
    </div>
  );
}
