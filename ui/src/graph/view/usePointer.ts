/** Turns the page's pointer events into gestures. */

import { useEffect, useRef, type RefObject } from "react";

import type { Nudging } from "../gestures/nudge";
import { hitAt, press, type Dragging, type Press } from "../gestures/pointer";
import { setRoute } from "../gestures/changes";
import type { Actions } from "../canvas/actions";
import { OVERVIEW_BELOW, toCanvas, zoomedAt } from "../canvas/viewport";
import { snap } from "../model/snap";
import { isMenuKey, readWheel } from "../../design";
import type { Hit } from "../model/hit";
import type { Editor } from "./editor";

/** What a part of the canvas says when it handles the pointer itself. */
const OWN = "[data-own-pointer]";
const EDGE = 28;
const EDGE_SPEED = 14;

export function usePointer(
  element: RefObject<HTMLElement | null>,
  editor: Editor,
  actions: Actions,
  nudge: Nudging,
  at: { current: { x: number; y: number } | undefined },
): void {
  const dragging = useRef<Dragging | undefined>(undefined);
  useEffect(() => {
    const root = element.current;
    if (!root) return undefined;
    const { store } = editor;
    let space = false;
    let last: Press | undefined;
    let frame = 0;
    let rightFrom: { x: number; y: number } | undefined;

    const read = (event: MouseEvent): Press => {
      const box = root.getBoundingClientRect();
      const screen = { x: event.clientX - box.x, y: event.clientY - box.y };
      const { shiftKey: shift, altKey: alt } = event;
      const at = toCanvas(store.getState().viewport, screen);
      return { at, screen, shift, alt, control: event.ctrlKey || event.metaKey };
    };
    const own = (event: Event): boolean =>
      event.target instanceof Element && event.target.closest(OWN) !== null;
    const hit = ({ at }: Press): Hit => hitAt(editor, at, store.getState().viewport.zoom >= OVERVIEW_BELOW);

    const stopDragging = (): void => {
      dragging.current = undefined;
      cancelAnimationFrame(frame);
      frame = 0;
    };
    /** Near an edge of the canvas a drag moves the view along. */
    const pan = (): void => {
      frame = 0;
      if (!dragging.current || !last) return;
      const { viewport, size } = store.getState();
      const towards = (place: number, length: number): number =>
        place < EDGE
          ? Math.min((EDGE - place) / EDGE, 2)
          : place > length - EDGE
            ? -Math.min((place - length + EDGE) / EDGE, 2)
            : 0;
      const x = towards(last.screen.x, size.width) * EDGE_SPEED;
      const y = towards(last.screen.y, size.height) * EDGE_SPEED;
      if (x !== 0 || y !== 0) {
        editor.look({ ...viewport, x: viewport.x + x, y: viewport.y + y }, false);
        last = { ...last, at: toCanvas(store.getState().viewport, last.screen) };
        dragging.current.move(last);
      }
      frame = requestAnimationFrame(pan);
    };

    const onPointerDown = (event: PointerEvent): void => {
      if (own(event)) return;
      nudge.finish();
      if (event.button === 2) rightFrom = { x: event.clientX, y: event.clientY };
      if (event.button !== 0 || space || dragging.current) return;
      root.focus({ preventScroll: true });
      const start = read(event);
      dragging.current = press(editor, start, hit(start));
      if (!dragging.current) return;
      root.setPointerCapture(event.pointerId);
      last = start;
    };
    const onPointerMove = (event: PointerEvent): void => {
      const now = read(event);
      at.current = now.screen;
      if (dragging.current) {
        last = now;
        dragging.current.move(now);
        frame ||= requestAnimationFrame(pan);
        return;
      }
      const over = own(event) || event.buttons !== 0 ? undefined : hit(now);
      const hoveredWire =
        over && "id" in over && (over.kind === "wire" || over.kind === "wire-end") ? over.id : null;
      if (store.getState().hoveredWire !== hoveredWire) store.setState({ hoveredWire });
      root.dataset["cursor"] = space ? "pan" : cursorOf(over);
    };
    const onPointerUp = (event: PointerEvent): void => {
      if (event.button === 2 && rightFrom) {
        const still = Math.hypot(event.clientX - rightFrom.x, event.clientY - rightFrom.y) < 4;
        rightFrom = undefined;
        if (still && !own(event)) openMenu(read(event));
        return;
      }
      const current = dragging.current;
      if (!current || event.button !== 0) return;
      stopDragging();
      current.end(read(event));
    };
    const onPointerCancel = (): void => {
      dragging.current?.cancel();
      stopDragging();
    };
    const openMenu = (now: Press): void => {
      const under = hit(now);
      const { selection } = store.getState();
      if (under.kind === "node" || under.kind === "pin") {
        const id = under.kind === "pin" ? under.pin.node : under.id;
        if (!selection.nodes.has(id)) editor.select({ nodes: new Set([id]) }, "replace");
        store.setState({ menu: { screen: now.screen, at: now.at, target: { kind: "node", id } } });
      } else if (under.kind === "wire" || under.kind === "wire-end" || under.kind === "route") {
        const segment = under.kind === "wire" ? under.segment : 0;
        editor.select({ wires: new Set([under.id]) }, "replace");
        store.setState({
          menu: { screen: now.screen, at: now.at, target: { kind: "wire", id: under.id, segment } },
        });
      } else if (under.kind === "comment" || under.kind === "comment-edge") {
        if (!selection.comments.has(under.id)) editor.select({ comments: new Set([under.id]) }, "replace");
        store.setState({
          menu: { screen: now.screen, at: now.at, target: { kind: "comment", id: under.id } },
        });
      } else if (now.shift) {
        store.setState({ menu: { screen: now.screen, at: now.at, target: { kind: "canvas" } } });
      } else {
        actions.add(now.screen);
      }
    };
    const onContextMenu = (event: MouseEvent): void => {
      if (own(event) && event.target instanceof HTMLInputElement) return;
      // The menu opens when the button is let go, so that the same button can pan.
      event.preventDefault();
    };
    const openKeyboardMenu = (): void => {
      const { selection, viewport, size } = store.getState();
      const id = [...selection.nodes].at(-1);
      const rect = id === undefined ? undefined : editor.graph().nodes.get(id)?.rect;
      const at = rect ?? toCanvas(viewport, { x: size.width / 2, y: size.height / 2 });
      const screen = { x: at.x * viewport.zoom + viewport.x + 16, y: at.y * viewport.zoom + viewport.y + 24 };
      store.setState({
        menu: {
          screen,
          at,
          target: id !== undefined && rect ? { kind: "node", id } : { kind: "canvas" },
          byKeyboard: true,
        },
      });
    };
    const onDoubleClick = (event: MouseEvent): void => {
      if (own(event)) return;
      const now = read(event);
      const under = hit(now);
      if (under.kind === "canvas") actions.add(now.screen);
      else if (under.kind === "comment") store.setState({ naming: { kind: "comment", id: under.id } });
      else if (under.kind === "node") store.setState({ naming: { kind: "node", id: under.id } });
      else if (under.kind === "wire") {
        const wire = editor.graph().wires.get(under.id);
        if (!wire) return;
        const { route } = wire;
        editor.commit(
          setRoute(wire.id, [...route.slice(0, under.segment), snap(now.at), ...route.slice(under.segment)]),
        );
      }
    };
    const onWheel = (event: WheelEvent): void => {
      if (own(event)) return;
      event.preventDefault();
      event.stopPropagation();
      const { viewport } = store.getState();
      const wheel = readWheel(event);
      if (wheel.kind === "zoom")
        editor.look(zoomedAt(viewport, read(event).screen, viewport.zoom * wheel.factor), false);
      else editor.look({ ...viewport, x: viewport.x + wheel.by.x, y: viewport.y + wheel.by.y }, false);
    };
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key === " " && root.contains(document.activeElement)) space = true;
      if (isMenuKey(event) && document.activeElement === root) {
        event.preventDefault();
        openKeyboardMenu();
      }
      if (event.key === "Escape" && dragging.current) {
        event.stopPropagation();
        dragging.current.cancel();
        stopDragging();
      }
    };
    const onKeyUp = (event: KeyboardEvent): void => {
      if (event.key === " ") space = false;
    };
    // When a press ends, the pointer leaves and enters without having moved.
    const onEnter = (event: PointerEvent): void => {
      at.current = read(event).screen;
    };
    const onLeave = (): void => {
      if (!dragging.current) at.current = undefined;
    };
    const stop = new AbortController();
    const { signal } = stop;
    root.addEventListener("pointerdown", onPointerDown, { signal });
    root.addEventListener("pointermove", onPointerMove, { signal });
    root.addEventListener("pointerup", onPointerUp, { signal });
    root.addEventListener("pointercancel", onPointerCancel, { signal });
    root.addEventListener("pointerenter", onEnter, { signal });
    root.addEventListener("pointerleave", onLeave, { signal });
    root.addEventListener("contextmenu", onContextMenu, { signal });
    root.addEventListener("dblclick", onDoubleClick, { signal });
    root.addEventListener("wheel", onWheel, { signal, passive: false, capture: true });
    window.addEventListener("keydown", onKeyDown, { signal, capture: true });
    window.addEventListener("keyup", onKeyUp, { signal });
    return () => {
      stop.abort();
      cancelAnimationFrame(frame);
    };
  }, [element, editor, actions, nudge, at]);
}

function cursorOf(hit: Hit | undefined): string {
  switch (hit?.kind) {
    case "pin":
    case "wire-end":
      return "wire";
    case "node":
    case "comment":
    case "route":
      return "move";
    case "wire":
      return "pick";
    case "comment-edge": {
      const sideways = hit.edges.includes("left") || hit.edges.includes("right");
      const upright = hit.edges.includes("top") || hit.edges.includes("bottom");
      if (sideways && upright) {
        return hit.edges.includes("left") === hit.edges.includes("top") ? "resize-fall" : "resize-rise";
      }
      return sideways ? "resize-x" : "resize-y";
    }
    default:
      return "";
  }
}
