/** Turns the page's pointer, wheel and flight keys into looking, picking and dragging. */
import { useEffect } from "react";
import type { RefObject } from "react";

import { readWheel } from "../../../design";
import { flownFor, isFlightKey } from "../../../viewport/camera/fly";
import { dollied, lookedAround, orbited, panned, pointAt } from "../../../viewport/camera/view";
import type { At } from "../../../viewport/camera/view";
import { handleAt } from "../../../viewport/gizmo/handles";
import type { Constraint } from "../../../viewport/gizmo/handles";
import type { Dragger } from "./dragging";
import { gizmoFrame } from "./gizmoFrame";
import type { Viewer } from "./viewer";

/** What a part of the viewport says when it handles the pointer itself. */
const OWN = "[data-own-pointer]";
/** How far the pointer goes before a click becomes a drag, in pixels. */
const SLOP = 4;

type Gesture =
  | { kind: "orbit" | "pan" | "look"; last: At }
  | { kind: "under" | "pick" | "box"; from: At }
  | { kind: "drag" };

export function usePointer(root: RefObject<HTMLElement | null>, viewer: Viewer, dragger: Dragger): void {
  useEffect(() => {
    const element = root.current;
    if (!element) return undefined;
    const { store } = viewer;
    let gesture: Gesture | undefined;
    let flight:
      { keys: Set<string>; fast: boolean; pace: number; stop: (() => void) | undefined } | undefined;
    let pressedAt: At = { x: 0, y: 0 };

    const read = ({ clientX, clientY }: MouseEvent): At => {
      const box = element.getBoundingClientRect();
      return { x: clientX - box.x, y: clientY - box.y };
    };
    const isOwn = (event: Event) => event.target instanceof Element && event.target.closest(OWN) !== null;
    const far = (a: At, b: At) => Math.hypot(a.x - b.x, a.y - b.y) >= SLOP;
    const by = (a: At, b: At): At => ({ x: b.x - a.x, y: b.y - a.y });
    const handle = (at: At): Constraint | undefined => {
      const { tools } = store.getState();
      const frame = gizmoFrame(viewer);
      return frame && tools.tool !== "select" ? handleAt(tools.tool, frame, viewer.picture(), at) : undefined;
    };

    const begin = (event: PointerEvent, at: At): Gesture | undefined => {
      const { drag, tools } = store.getState();
      if (drag?.byKeys) {
        if (event.button === 0) void dragger.finish();
        else if (event.button === 2) dragger.cancel();
        return undefined;
      }
      if (event.button === 1) return { kind: event.shiftKey ? "pan" : "orbit", last: at };
      if (event.button === 2) return { kind: "look", last: at };
      if (event.button !== 0) return undefined;
      const constraint = handle(at);
      if (constraint && tools.tool !== "select") {
        dragger.begin({ tool: tools.tool, constraint, at, copies: event.altKey });
        return store.getState().drag ? { kind: "drag" } : undefined;
      }
      return { kind: event.altKey ? "under" : "pick", from: at };
    };
    const onPointerDown = (event: PointerEvent) => {
      if (isOwn(event) || gesture) return;
      element.focus({ preventScroll: true });
      const at = read(event);
      pressedAt = at;
      gesture = begin(event, at);
      // The middle button would scroll, and a text would be selected.
      event.preventDefault();
      if (!gesture) return;
      element.setPointerCapture(event.pointerId);
      if (gesture.kind === "look")
        flight = { keys: new Set(), fast: event.shiftKey, pace: 1, stop: undefined };
    };
    const onPointerMove = (event: PointerEvent) => {
      const at = read(event);
      viewer.pointer = at;
      const { view, size, hover, drag } = store.getState();
      const held = { otherwise: event.ctrlKey || event.metaKey };
      if (drag?.byKeys) dragger.move(at, held);
      else if (!gesture) {
        const now = event.buttons === 0 && !isOwn(event) ? (handle(at) ?? null) : null;
        if (JSON.stringify(now) !== JSON.stringify(hover)) store.setState({ hover: now });
      } else if (gesture.kind === "drag") dragger.move(at, held);
      else if (gesture.kind === "orbit" || gesture.kind === "pan" || gesture.kind === "look") {
        if (view.through !== null && !far(pressedAt, at)) return;
        const turn = { orbit: orbited, pan: panned, look: lookedAround }[gesture.kind];
        viewer.look(turn(viewer.ownView(), by(gesture.last, at), size));
        gesture.last = at;
      } else if (!("from" in gesture)) return;
      else if (gesture.kind === "box") store.setState({ marquee: { from: gesture.from, to: at } });
      else if (far(gesture.from, at)) {
        const { from } = gesture;
        gesture = gesture.kind === "under" ? { kind: "orbit", last: from } : { kind: "box", from };
        onPointerMove(event);
      }
    };
    const onPointerUp = (event: PointerEvent) => {
      const ended = gesture;
      gesture = undefined;
      endFlight();
      if (!ended) return;
      const at = read(event);
      if (ended.kind === "drag") void dragger.finish();
      else if (ended.kind === "pick") click(at, event);
      else if (ended.kind === "under") store.setState({ menu: { at, kind: "under", byKeyboard: false } });
      else if (ended.kind === "look" && !far(pressedAt, at)) openMenu(at);
      else if (ended.kind === "box") {
        const { marquee } = store.getState();
        store.setState({ marquee: null });
        if (marquee)
          viewer.select(viewer.inBox(marquee.from, at), modeOf(event) === "replace" ? "replace" : "add");
      }
    };
    const onPointerCancel = () => {
      if (gesture?.kind === "drag") dragger.cancel();
      store.setState({ marquee: null });
      gesture = undefined;
      endFlight();
    };
    const click = (at: At, event: MouseEvent) => {
      const hit = viewer.under(at).find(viewer.isPickable);
      if (hit !== undefined) viewer.select([hit], modeOf(event));
      else if (modeOf(event) === "replace") viewer.select([]);
    };
    const openMenu = (at: At) => {
      const hit = viewer.under(at).find(viewer.isPickable);
      if (hit !== undefined && !store.getState().selection.includes(hit)) viewer.select([hit]);
      store.setState({ menu: { at, kind: "scene", byKeyboard: false } });
    };

    const onWheel = (event: WheelEvent) => {
      if (isOwn(event)) return;
      event.preventDefault();
      const at = read(event);
      const { size } = store.getState();
      const wheel = readWheel(event);
      if (flight) {
        flight.pace = Math.min(Math.max(flight.pace * (event.deltaY < 0 ? 1.25 : 0.8), 0.05), 50);
        return;
      }
      const view = viewer.ownView();
      if (wheel.kind === "zoom") {
        viewer.look(dollied(view, 1 / wheel.factor, pointAt(view, at, size)));
        return;
      }
      // Two fingers turn, as they push what lies on a table; with shift they move across.
      viewer.look((event.shiftKey ? panned : orbited)(view, wheel.by, size));
    };

    const onKeyDown = (event: KeyboardEvent) => {
      const { drag, marquee } = store.getState();
      if (flight) {
        flight.fast = event.shiftKey;
        if (isFlightKey(event.code) && !event.ctrlKey && !event.metaKey) {
          flight.keys.add(event.code);
          fly();
        }
        event.preventDefault();
        event.stopPropagation();
      } else if (drag && !event.ctrlKey && !event.metaKey && dragger.key(event)) {
        if (gesture?.kind === "drag" && !store.getState().drag) gesture = undefined;
        event.preventDefault();
        event.stopPropagation();
      } else if (marquee && event.key === "Escape") {
        store.setState({ marquee: null });
        gesture = undefined;
        event.preventDefault();
        event.stopPropagation();
      }
    };
    const onKeyUp = (event: KeyboardEvent) => {
      if (!flight) return;
      flight.fast = event.shiftKey;
      flight.keys.delete(event.code);
    };
    const fly = () => {
      if (!flight || flight.stop) return;
      flight.stop = viewer.stage?.animate((seconds) => {
        if (!flight || flight.keys.size === 0) {
          if (flight) flight.stop = undefined;
          return false;
        }
        viewer.look(flownFor(viewer.ownView(), seconds, flight.keys, flight));
        return true;
      });
    };
    const endFlight = () => {
      flight?.stop?.();
      flight = undefined;
    };
    const onBlur = () => {
      endFlight();
      if (store.getState().drag?.byKeys) dragger.cancel();
    };
    const noMenu = (event: MouseEvent) => {
      if (!isOwn(event)) event.preventDefault();
    };

    const listening = new AbortController();
    const { signal } = listening;
    element.addEventListener("pointerdown", onPointerDown, { signal });
    element.addEventListener("pointermove", onPointerMove, { signal });
    element.addEventListener("pointerup", onPointerUp, { signal });
    element.addEventListener("pointercancel", onPointerCancel, { signal });
    element.addEventListener("wheel", onWheel, { signal, passive: false });
    element.addEventListener("contextmenu", noMenu, { signal });
    // Before the commands, whose keys are other ones while something is dragged.
    element.addEventListener("keydown", onKeyDown, { signal, capture: true });
    element.addEventListener("keyup", onKeyUp, { signal, capture: true });
    element.addEventListener("blur", onBlur, { signal });
    return () => {
      listening.abort();
      onPointerCancel();
    };
  }, [root, viewer, dragger]);
}

function modeOf(event: MouseEvent): "replace" | "toggle" | "add" {
  if (event.ctrlKey || event.metaKey) return "toggle";
  return event.shiftKey ? "add" : "replace";
}
