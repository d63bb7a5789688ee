/** Shows the others what this person does in a scene, and keeps the eye where the followed person's is. */
import { useEffect } from "react";

import { onceSaved } from "../../../documents/saving";
import { followedPeer, stopFollowing } from "../../../presence/follow";
import { hideInDocument, own, showInDocument } from "../../../presence/own";
import { peers } from "../../../presence/peers";
import { readView } from "../../../viewport/camera/view";
import type { Dragging } from "./state";
import { eyeShown, ghostsShown, isSameEye } from "./together";
import type { Ghost } from "./together";
import type { Viewer } from "./viewer";

export function useTogether(viewer: Viewer): void {
  useEffect(() => {
    const { document, store } = viewer;
    let isOver = false;
    const showGhosts = (ghosts: readonly Ghost[]) => showInDocument(document, ghostsShown(ghosts));
    // Ghosts that went before what was dragged is written would let the others see a jump back.
    const hideGhosts = () =>
      onceSaved(() => {
        if (!isOver && !store.getState().drag) showGhosts([]);
      });
    showInDocument(document, eyeShown(store.getState().view));
    const stop = store.subscribe((now, before) => {
      if (now.view !== before.view) showInDocument(document, eyeShown(now.view));
      if (now.drag === before.drag) return;
      if (now.drag) showGhosts(ghostsOf(viewer, now.drag));
      else hideGhosts();
    });
    return () => {
      isOver = true;
      stop();
      hideInDocument(document);
    };
  }, [viewer]);

  useEffect(() => {
    const { document, store } = viewer;
    const follow = (): void => {
      const presence = followedPeer()?.presence;
      const theirs = presence?.document === document ? readView(presence.shown["eye"]) : undefined;
      if (theirs && !isSameEye(theirs, store.getState().view)) viewer.lookAlong(theirs, true);
    };
    follow();
    const stops = [
      peers.subscribe(follow),
      own.subscribe((now, before) => now.following !== before.following && follow()),
      store.subscribe((now, before) => {
        const begins = (key: "drag" | "marquee") => now[key] !== null && before[key] === null;
        if (begins("drag") || begins("marquee")) stopFollowing();
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }, [viewer]);
}

function ghostsOf({ content }: Viewer, { placed }: Dragging): Ghost[] {
  return placed.flatMap(({ id }) => {
    const matrix = content.world.matrix(id);
    return matrix ? [{ id, matrix }] : [];
  });
}
