import { useEffect } from "react";

import { tellShown } from "../ipc/window";

/** What is still being filled. */
const BUSY = '[aria-busy="true"]';
/** So many frames in a row nothing is: what opens one after the other is waited for. */
const CALM = 4;

/** Tells the shell, once, that the page shows what is open: when it is `ready` and no part of it is busy any more. */
export function useTellShown(ready: boolean): void {
  useEffect(() => {
    if (!ready) return undefined;
    let calm = 0;
    let frame = 0;
    const look = () => {
      calm = document.querySelector(BUSY) ? 0 : calm + 1;
      if (calm >= CALM) tellShown();
      else frame = requestAnimationFrame(look);
    };
    frame = requestAnimationFrame(look);
    return () => cancelAnimationFrame(frame);
  }, [ready]);
}
