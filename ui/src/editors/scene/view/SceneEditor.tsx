import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { KeyboardEvent } from "react";

import { Button, EmptyState, ProgressBar, isMenuKey } from "../../../design";
import { documentStore, useDocumentFailure, useDocumentState, useThere } from "../../../documents/document";
import { onReveal, refKey, useSelection } from "../../../documents/selection";
import { usePersonColor } from "../../../presence/color";
import { useMarks } from "../../../presence/peers";
import type { Marks } from "../../../presence/peers";
import { useColorOf } from "../../../presence/useColorOf";
import { useOthers } from "../../../presence/useOthers";
import { activateDocument } from "../../../project/activeDocument";
import { useProject } from "../../../project/project";
import { setStatus } from "../../../workspace/status";
import { actionsOf } from "./actions";
import { Compass } from "./Compass";
import { TabContext, useTab, useViewState } from "./context";
import { dragging } from "./dragging";
import { DragReadout, GizmoLayer } from "./GizmoLayer";
import { Notes } from "./Notes";
import { OthersLayer } from "./OthersLayer";
import { SceneMenu } from "./SceneMenu";
import { Toolbar } from "./Toolbar";
import { useSceneCommands } from "./useSceneCommands";
import { usePointer } from "./usePointer";
import { useTogether } from "./useTogether";
import { Viewer } from "./viewer";
import "./view.css";

/** A scene in three dimensions. */
export function SceneEditor({ document }: { document: string }) {
  const failure = useDocumentFailure(document);
  const isRead = useDocumentState(document, ({ view }) => view !== undefined);
  if (failure) return <EmptyState title="The scene cannot be opened">{failure.message}</EmptyState>;
  if (!isRead) {
    return (
      <div className="scene-view" role="application" aria-label="Scene" aria-busy="true">
        <div className="scene-view-middle" role="status">
          <ProgressBar label="Opening the scene…" value={undefined} />
        </div>
      </div>
    );
  }
  return <OpenScene key={document} document={document} />;
}

function OpenScene({ document }: { document: string }) {
  const [tab] = useState(() => {
    const viewer = new Viewer(document);
    const dragger = dragging(viewer);
    return { viewer, dragger, actions: actionsOf(viewer, dragger) };
  });
  return (
    <div className="scene-view" onFocus={() => activateDocument(document)}>
      <TabContext value={tab}>
        <Viewport />
      </TabContext>
    </div>
  );
}

function Viewport() {
  const { viewer, dragger, actions } = useTab();
  const { document } = viewer;
  const root = useRef<HTMLDivElement>(null);
  const [hasFocus, setFocus] = useState(false);
  const isShown = useCallback(() => root.current !== null && root.current.offsetParent !== null, []);
  useCanvas(root, viewer);
  useRecords(viewer);
  useSelected(viewer);
  useOutlines(viewer);
  useTogether(viewer);
  usePointer(root, viewer, dragger);
  useSceneCommands(hasFocus, isShown);
  const failure = useViewState((state) => state.failure);
  const name = useDocumentState(document, ({ view }) => view?.name ?? "");
  const count = useDocumentState(document, ({ view }) => view?.records.all("entities").size ?? 0);

  useEffect(
    () =>
      onReveal(document, (refs, glance) => {
        const ids = refs.filter(({ collection }) => collection === "entities").map(({ id }) => id);
        if (ids.length === 0) return;
        if (glance) viewer.glance(ids);
        else viewer.frame(ids);
      }),
    [document, viewer],
  );
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== root.current || !isMenuKey(event)) return;
    event.preventDefault();
    actions.openMenu("scene", true);
  };

  return (
    <>
      <div
        ref={root}
        className="scene-canvas"
        role="application"
        tabIndex={0}
        aria-label={`Scene ${name}, ${count.toLocaleString()} ${count === 1 ? "entity" : "entities"}`}
        aria-roledescription="3D viewport"
        aria-describedby={`scene-keys-${document}`}
        onFocus={(event) => setFocus(event.currentTarget === event.target)}
        onBlur={() => setFocus(false)}
        onKeyDown={onKeyDown}
      >
        <p id={`scene-keys-${document}`} className="scene-unseen">
          Arrow keys turn the view, plus and minus go nearer and away, F frames the selection. G takes hold of
          what is selected: arrow keys or numbers move it, X, Y and Z hold it to an axis, Enter keeps it,
          Escape gives it up. The menu key opens the menu. The Hierarchy lists the same entities.
        </p>
        <OthersLayer viewer={viewer} />
        <GizmoLayer viewer={viewer} />
      </div>
      <Toolbar />
      <Compass />
      <DragReadout />
      <Notes />
      <SceneMenu focus={() => root.current?.focus({ preventScroll: true })} />
      <Announcer />
      {failure !== null && (
        <div className="scene-view-middle" data-own-pointer>
          <EmptyState title="The scene cannot be drawn on this computer">
            {`3D graphics (WebGL 2) are not available: ${failure}. The Hierarchy and the Inspector edit the scene all the same.`}
          </EmptyState>
        </div>
      )}
      {failure === null && count === 0 && (
        <div className="scene-view-middle" data-own-pointer>
          <EmptyState
            title="An empty scene"
            actions={<Button onClick={() => actions.openMenu("add", true)}>Add something</Button>}
          >
            What you add or import stands here, and can be moved, turned, lit and looked at.
          </EmptyState>
        </div>
      )}
    </>
  );
}

/** The canvas, made anew with each viewport: one that has lost its context draws no more. */
function useCanvas(root: { current: HTMLDivElement | null }, viewer: Viewer): void {
  useLayoutEffect(() => {
    const element = root.current;
    if (!element) return undefined;
    const canvas = element.ownerDocument.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    element.prepend(canvas);
    const stop = viewer.draw(canvas);
    const measure = () => viewer.resize(element.clientWidth, element.clientHeight);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    // How often it drew, for whoever looks whether it rests.
    Object.defineProperty(canvas, "frames", { get: () => viewer.stage?.frames ?? 0 });
    return () => {
      observer.disconnect();
      stop();
      canvas.remove();
    };
  }, [root, viewer]);
}

/** Follows the records of the document. */
function useRecords(viewer: Viewer): void {
  useEffect(() => {
    const { document } = viewer;
    const store = documentStore(document);
    let shown = store.getState().view?.records;
    if (shown) viewer.content.show(shown);
    return store.subscribe(({ view }) => {
      if (!view) return;
      if (view.records === shown) viewer.content.sync();
      else viewer.content.show((shown = view.records));
    });
  }, [viewer]);
}

function useSelected(viewer: Viewer): void {
  const { document } = viewer;
  const refs = useThere(document, useSelection(document));
  useEffect(() => {
    const selection = refs.filter(({ collection }) => collection === "entities").map(({ id }) => id);
    viewer.store.setState({ selection });
  }, [viewer, refs]);
  useEffect(() => {
    setStatus(document, {});
    return () => setStatus(document, undefined);
  }, [document]);
}

/** What people selected, in their colours; this person's lies on top. */
function useOutlines(viewer: Viewer): void {
  const { selection, revision } = useViewState();
  const user = useProject()?.user;
  const [colorOf, shownIn] = [usePersonColor(), useColorOf()];
  const color = user ? colorOf(shownIn(user)).line : "#5b9dff";
  const [others, marks] = [useOthers(), useMarks(viewer.document)];
  useEffect(() => {
    const theirs = others
      .filter((other) => other.document === viewer.document)
      .map((other) => ({ color: other.color.line, entities: entitiesMarked(marks, other.replica) }));
    const groups = [...theirs, { color, entities: selection }].filter(({ entities }) => entities.length > 0);
    viewer.stage?.outline(groups, viewer.content);
  }, [viewer, selection, revision, color, others, marks]);
}

function entitiesMarked(marks: Marks, replica: string): string[] {
  const prefix = refKey({ collection: "entities", id: "" });
  return [...marks].flatMap(([key, by]) =>
    key.startsWith(prefix) && by.includes(replica) ? [key.slice(prefix.length)] : [],
  );
}

/** Says what is selected to people who do not see it. */
function Announcer() {
  const { viewer } = useTab();
  const selection = useViewState((state) => state.selection);
  const [only] = selection;
  const words =
    selection.length === 1 && only !== undefined
      ? `${viewer.nameOf(only)} selected`
      : selection.length === 0
        ? ""
        : `${selection.length} selected`;
  return (
    <div className="scene-unseen" role="status">
      {words}
    </div>
  );
}
