import { listen } from "@tauri-apps/api/event";

import { commands } from "./bindings";

/** A link that was handed over while nobody listened. */
let waiting: string | undefined;

/**
 * Calls back with links that this process is asked to open: the one it was started with, and those that come later.
 * The shell hands a link over once.
 */
export function onLinkAsked(callback: (link: string) => void): () => void {
  let stopped = false;
  const give = (link: string) => {
    if (stopped) waiting = link;
    else callback(link);
  };
  const take = async (announced?: string) => {
    const answer = await commands.linkAsked();
    const link = (answer.status === "ok" ? answer.data : null) ?? announced ?? waiting;
    waiting = undefined;
    if (link) give(link);
  };
  // A shell that cannot listen or has nothing to hand over has no link: nobody asked for anything that could fail.
  const ignore = () => undefined;
  const listening = listen<string | null>("link-asked", ({ payload }) => {
    take(payload ?? undefined).catch(ignore);
  });
  take().catch(ignore);
  return () => {
    stopped = true;
    listening.then((stop) => stop(), ignore);
  };
}
