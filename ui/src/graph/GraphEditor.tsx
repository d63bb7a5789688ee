/** A document that is a graph, on a canvas of its own. */

import { ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useEffect, useMemo, useRef } from "react";
import { toast } from "sonner";

import { newId, useDocument, useDocumentFailure, type DocumentView } from "../documents/document";
import { EmptyState, ProgressBar } from "../design";
import { documentInfo } from "../project/session";
import { select } from "../documents/selection";
import type { Problem } from "../ipc/types";
import { stopFollowing } from "../presence/follow";
import { attemptEdit } from "../workspace/editing";
import { createCanvasStore } from "./canvas/state";
import { clampZoom, fitted, type Viewport } from "./canvas/viewport";
import { keepPlaces } from "./gestures/changes";
import type { GraphLanguage } from "./language";
import type { Graph } from "./model/graph";
import type { Point } from "./model/records";
import { Canvas } from "./view/Canvas";
import { EditorContext, type Editor } from "./view/editor";
import { useGraphKeeper } from "./view/useGraph";
import { refsOf, useSelectionBridge } from "./view/useSelectionBridge";

const SMOOTH = 180;

interface GraphEditorProps {
  document: string;
  language: GraphLanguage;
}

export function GraphEditor({ document, language }: GraphEditorProps) {
  const view = useDocument(document);
  if (!view) return <Opening document={document} title={language.title} />;
  return (
    <ReactFlowProvider key={document}>
      <OpenGraph view={view} language={language} />
    </ReactFlowProvider>
  );
}

/** What is shown of a large graph until it is read. */
function Opening({ document, title }: { document: string; title: string }) {
  const info = documentInfo(document);
  const failure = useDocumentFailure(document);
  if (failure) return <EmptyState title={`The ${title} cannot be opened`}>{failure.message}</EmptyState>;
  const nodes = info?.counts.nodes ?? 0;
  const words = `Opening ${info?.name ?? title}…`;
  return (
    <div className="bp-canvas" role="application" aria-label={title} aria-busy="true">
      <div className="bp-opening" role="status">
        <span>
          {words} {nodes.toLocaleString()} {nodes === 1 ? "node" : "nodes"}
        </span>
        <ProgressBar label={words} value={undefined} />
      </div>
    </div>
  );
}

function OpenGraph({ view, language }: { view: DocumentView; language: GraphLanguage }) {
  const catalogue = language.useCatalogue();
  const keeper = useGraphKeeper();
  const graph = useMemo(
    () => keeper.update(language, view, catalogue.shapeOf),
    [keeper, language, view, catalogue],
  );
  const problems = useMemo(() => byNode(view.problems), [view.problems]);
  const root = useRef<HTMLDivElement>(null);
  const pointer = useRef<Point | undefined>(undefined);
  const editor = useEditorOf(view.id, graph, root, pointer);
  useSelectionBridge(view.id, editor.store);
  useKeptPlaces(editor, graph);
  return (
    <EditorContext value={editor}>
      <Canvas
        name={view.name}
        graph={graph}
        problems={problems}
        catalogue={catalogue}
        root={root}
        pointer={pointer}
      />
    </EditorContext>
  );
}

/** Made once; reads the latest graph whenever it is asked. */
function useEditorOf(
  document: string,
  graph: Graph,
  root: { current: HTMLDivElement | null },
  pointer: { current: Point | undefined },
): Editor {
  const flow = useReactFlow();
  const latest = useRef({ graph, flow });
  // Gestures read them between renders, never during one.
  // eslint-disable-next-line react-hooks/refs
  latest.current = { graph, flow };
  return useMemo((): Editor => {
    const store = createCanvasStore();
    const show = (viewport: Viewport, smooth: boolean): void => {
      const still = !smooth || matchMedia("(prefers-reduced-motion: reduce)").matches;
      const next = { ...viewport, zoom: clampZoom(viewport.zoom) };
      if (still) store.setState({ viewport: next });
      void latest.current.flow.setViewport(next, still ? {} : { duration: SMOOTH });
    };
    const look = (viewport: Viewport, smooth = true): void => {
      stopFollowing();
      show(viewport, smooth);
    };
    const complain = (message: string): void => void toast.error(message);
    return {
      document,
      store,
      newId,
      look,
      lookAlong: (viewport) => show(viewport, false),
      complain,
      graph: () => latest.current.graph,
      commit: (gesture) => {
        if (!gesture) return;
        const { events } = latest.current.graph.language;
        void attemptEdit(document, events[gesture.type] ?? gesture.type, gesture.changes);
      },
      select: (picked, mode) => select(document, refsOf(picked), mode),
      frame: (rect) => {
        if (rect) look(fitted(rect, store.getState().size));
      },
      onPage: ({ x, y }) => {
        const box = root.current?.getBoundingClientRect();
        return { x: x + (box?.x ?? 0), y: y + (box?.y ?? 0) };
      },
      focus: () => root.current?.focus({ preventScroll: true }),
      pointer: () => pointer.current,
    };
  }, [document, root, pointer]);
}

/** An imported graph says nothing of places; the first canvas to show it keeps those it found. */
function useKeptPlaces(editor: Editor, graph: Graph): void {
  const kept = useRef(false);
  useEffect(() => {
    if (kept.current || graph.nodes.size === 0) return;
    kept.current = true;
    editor.commit(keepPlaces(graph));
  }, [editor, graph]);
}

function byNode(problems: readonly Problem[]): ReadonlyMap<string, readonly Problem[]> {
  const map = new Map<string, Problem[]>();
  for (const problem of problems) {
    if (problem.collection !== "nodes" || problem.id === null) continue;
    const list = map.get(problem.id);
    if (list) list.push(problem);
    else map.set(problem.id, [problem]);
  }
  return map;
}
