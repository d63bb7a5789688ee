/** The program and whoever sits before it. */
import { commands } from "./bindings";
import { answered, number } from "./call";
import type { AppInfo } from "./types";

export async function appInfo(): Promise<AppInfo> {
  const { recents, ...info } = await answered(commands.appInfo());
  return { ...info, recents: recents.map((recent) => ({ ...recent, opened: number(recent.opened) })) };
}

/** Closes the window, whatever is not saved. */
export const quit = () => commands.quit();
/** Keeps the window open that somebody closed: what is to become of it is being asked. */
export const stayOpen = () => commands.stayOpen();
export const setPerson = (name: string, color: string) => answered(commands.setPerson(name, color));
export const removeRecent = (path: string) => answered(commands.recentRemove(path));
