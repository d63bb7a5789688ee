/** Where the session stands with its server, in words. */
import { useStore } from "zustand";

import type { ConnectionStatus } from "../ipc/types";
import { sessionStore } from "./session";

export const useConnection = (): ConnectionStatus =>
  useStore(sessionStore, (state) => state.status.connection);

/** In a word or two, for the status bar. */
export function connectionLabel({
  state,
  waiting,
  done,
  total,
  files,
  left,
  settled,
}: ConnectionStatus): string {
  switch (state) {
    case "local":
      return "On this disk";
    case "connecting":
      return "Connecting…";
    case "syncing":
      if (settled && waiting !== "0") return `Not sent: ${edits(waiting)}`;
      if (total !== "0") return `Syncing ${count(done)} of ${count(total)}`;
      return files ? `Syncing ${count(files.done)} of ${count(files.total)} files` : "Syncing";
    case "online":
      // What comes by itself is no news; what somebody else has to bring is.
      return settled && left.length > 0 ? "Online · incomplete" : "Online";
    case "offline":
      return waiting === "0" ? "Offline" : `Offline · ${count(waiting)} waiting`;
    case "refused":
      return "Refused";
  }
}

/** In a sentence: what it means for what one does. */
export function connectionText({ state, waiting, left }: ConnectionStatus): string {
  switch (state) {
    case "local":
      return "Everything you do is saved on this disk, and nowhere else.";
    case "connecting":
      return "Everything is saved on this disk. The server has not answered yet.";
    case "syncing":
      return left.length === 0
        ? "Everything is saved on this disk. What was done meanwhile is being exchanged with the server."
        : "Everything is saved on this disk. Not the same here and on the server yet:";
    case "online":
      return left.length === 0
        ? "Everything is on this disk and on the server. What others do appears as they do it."
        : "What others do appears as they do it. Not the same here and on the server yet:";
    case "offline":
      return waiting === "0"
        ? "The server does not answer. Work goes on here; everything is saved on this disk."
        : `The server does not answer. Work goes on here; ${edits(waiting)} ${waiting === "1" ? "is" : "are"} saved on this disk and sent when it does.`;
    case "refused":
      return "The server answers but does not let this project in: ask whoever runs it, then choose it again under Share. Everything is saved on this disk.";
  }
}

/** What is not the same here and on the server, where the server answers and that is to be listed. */
export function whatIsLeft({ state, left }: ConnectionStatus): readonly string[] {
  return state === "online" || state === "syncing" ? left : [];
}

/** All of it in one text. */
export function connectionTitle(status: ConnectionStatus): string {
  const lines = [connectionText(status), ...whatIsLeft(status).map((left) => `• ${left}`)];
  return [...(status.problem === null ? [] : [status.problem]), ...lines].join("\n");
}

/** How much of the history before one joined is here, 0 to 1; undefined when all of it is. */
export function historyShare({ history }: ConnectionStatus): number | undefined {
  if (history === null) return undefined;
  const total = Number(history.total);
  return total > 0 ? Math.min(1, Number(history.done) / total) : 0;
}

/** `1 edit`, `1,204 edits`. */
export function edits(number: string): string {
  return `${count(number)} ${number === "1" ? "edit" : "edits"}`;
}

/** A number of the boundary, which crosses as text, with its thousands apart. */
export function count(number: string): string {
  return Number(number).toLocaleString();
}
