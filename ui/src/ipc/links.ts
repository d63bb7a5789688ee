/** Links to shared sessions: what they lead to, and going there. */
import { listen } from "@tauri-apps/api/event";

import { commands } from "./bindings";
import { answered } from "./call";
import { latest } from "./feeds";
import type { JoinProgress } from "./types";

export const inspectLink = (link: string) => answered(commands.linkInspect(link));

/**
 * Fetches the session of a link; `onProgress` tells how far that is. Answers with the project's folder, to be opened
 * then. What is open stays open.
 */
export const fetchProject = (link: string, folder: string, onProgress: (progress: JoinProgress) => void) =>
  answered(commands.projectFetch(link, folder, latest(onProgress)));
/** Ends the fetching, which fails as cancelled; nothing of it is left then. */
export const cancelFetch = () => answered(commands.projectFetchCancel());

/** Has a session that is on this machine go to the link's server from now on, and opens it. */
export const moveProject = (link: string) => answered(commands.projectMove(link));

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
