/** The twin's program and the person before it. */
import type { Person, RecentProject } from "../types";
import type { Answers } from "./answers";

const YOU: Person = { id: "you", name: "Ada Lovelace", color: "#ff8a5b" };

export class TwinApp {
  user = YOU;

  readonly answers: Answers<"appInfo" | "quit" | "stayOpen" | "setPerson" | "recentRemove" | "feedsTaken"> = {
    appInfo: () => ({
      version: "0.1.0",
      user: this.user,
      recents: RECENTS,
      projectsFolder: "/home/ada/WISSIL",
    }),
    quit: () => undefined,
    stayOpen: () => undefined,
    setPerson: ({ name, color }) => (this.user = { ...this.user, name: String(name), color: String(color) }),
    recentRemove: () => null,
    feedsTaken: () => null,
  };
}

const RECENTS: RecentProject[] = [
  {
    path: "/home/ada/WISSIL/Whack-a-Mole",
    name: "Whack-a-Mole",
    opened: Date.now() - 3_600_000,
    exists: true,
  },
  { path: "/home/ada/WISSIL/Flocking", name: "Flocking", opened: Date.now() - 90_000_000, exists: true },
  {
    path: "/media/stick/Old racing game",
    name: "Old racing game",
    opened: Date.now() - 900_000_000,
    exists: false,
  },
];
