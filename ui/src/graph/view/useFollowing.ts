/** Keeps the view on what the followed person sees, and ends following when a gesture begins. */

import { useEffect } from "react";

import { followedPeer, stopFollowing } from "../../presence/follow";
import { own } from "../../presence/own";
import { peers } from "../../presence/peers";
import { approached, sameView, showing } from "../canvas/along";
import type { CanvasState } from "../canvas/state";
import type { Viewport } from "../canvas/viewport";
import { seenIn } from "../model/shown";
import type { Editor } from "./editor";

/** A window that was hidden for long still moves, instead of jumping. */
const LONGEST_STEP = 50;

export function useFollowing(editor: Editor): void {
  useEffect(() => {
    const { document, store, lookAlong } = editor;
    let frame = 0;
    let last = 0;
    const target = (): Viewport | undefined => {
      const presence = followedPeer()?.presence;
      const { size } = store.getState();
      if (presence?.document !== document || size.width === 0) return undefined;
      const seen = seenIn(presence.shown);
      return seen && showing(seen, size);
    };
    const step = (now: number): void => {
      frame = 0;
      const to = target();
      if (!to) return;
      const from = store.getState().viewport;
      if (sameView(from, to)) return;
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      lookAlong(still ? to : approached(from, to, Math.min(Math.max(now - last, 1), LONGEST_STEP)));
      last = now;
      frame = requestAnimationFrame(step);
    };
    const wake = (): void => {
      if (frame !== 0 || !target()) return;
      last = performance.now();
      frame = requestAnimationFrame(step);
    };
    wake();
    const stops = [
      own.subscribe((now, before) => now.following !== before.following && wake()),
      peers.subscribe(wake),
      store.subscribe((now, before) => {
        if (now.size !== before.size) wake();
        if (isBusy(now) && !isBusy(before)) stopFollowing();
      }),
    ];
    return () => {
      stops.forEach((stop) => stop());
      cancelAnimationFrame(frame);
    };
  }, [editor]);
}

function isBusy({ drag, resize, marquee, connecting, route, naming }: CanvasState): boolean {
  return [drag, resize, marquee, connecting, route, naming].some((gesture) => gesture !== null);
}
