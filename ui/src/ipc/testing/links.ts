/** The twin's links, and fetching the session of one. */
import type { Latest } from "../bindings";
import { emit } from "@tauri-apps/api/event";

import type { ApiError } from "../bindings";
import type { JoinProgress, LinkInfo } from "../types";
import { fail, refuse } from "./answers";
import type { Answers, Channel } from "./answers";

const JOINING: readonly JoinProgress[] = [
  { step: "Asking the server", done: "0", total: "0" },
  { step: "Fetching what people did", done: "400", total: "1000" },
  { step: "Fetching what people did", done: "1000", total: "1000" },
];

export class TwinLinks {
  /** The link that the process was started with. */
  asked: string | null = null;
  /** Set to make the next joining fail. */
  failJoin: ApiError | undefined;
  /** Set to make fetching come no further than half of it. */
  fetchStops = false;
  private cancelFetch: () => void = () => undefined;

  readonly answers: Answers<"linkInspect" | "linkAsked" | "projectFetch" | "projectFetchCancel"> = {
    linkInspect: ({ link }) => inspect(String(link)),
    linkAsked: () => {
      const { asked } = this;
      this.asked = null;
      return asked;
    },
    projectFetch: ({ channel }) => this.fetch(channel as Channel<Latest<JoinProgress>>),
    projectFetchCancel: () => {
      this.cancelFetch();
      return null;
    },
  };

  /** The process is asked for a link while it runs. */
  async ask(link: string): Promise<void> {
    await emit("link-asked", link);
  }

  private async fetch(channel: Channel<Latest<JoinProgress>>): Promise<string> {
    const cancelled = new Promise<never>((_, reject) => {
      this.cancelFetch = () =>
        // Commands reject with plain data, as the shell's do.
        reject({ code: "cancelled", message: "Joining was cancelled; nothing was left behind.", detail: "" });
    });
    for (const progress of JOINING) {
      channel.onmessage([progress]);
      const halfway = progress.done !== "0" && progress.done !== progress.total;
      const forever = new Promise<never>(() => undefined);
      const step = new Promise((resolve) => setTimeout(resolve));
      await Promise.race([cancelled, this.fetchStops && halfway ? forever : step]);
    }
    if (this.failJoin) refuse(this.failJoin);
    return "/home/ada/WISSIL/Whack-a-Mole";
  }
}

function inspect(link: string): LinkInfo {
  if (!link.trim().startsWith("wissil://session/")) {
    fail(
      "invalid",
      "This is not a link to a session: it does not begin with wissil://session/. Ask for it again.",
    );
  }
  const query = new URL(link.trim()).searchParams;
  const name = query.get("name") ?? "Shared project";
  return {
    session: "01SESSION",
    name,
    server: query.get("server") ?? "",
    serverKnown: query.has("known"),
    folder: query.has("here") ? "/home/ada/WISSIL/Whack-a-Mole" : null,
    goesTo: query.get("goes"),
    suggestedFolder: `/home/ada/WISSIL/${name}`,
  };
}
