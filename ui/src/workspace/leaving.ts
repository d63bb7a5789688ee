/** What is asked before the project is left, here or with its window. */
import { listed, nameOf } from "../presence/names";
import { peers } from "../presence/peers";
import { sessionStore } from "../project/session";
import { ask } from "./questions";

/** Who is here by way of this machine: they lose their meeting point when the project is left. */
export function guests(): readonly string[] {
  if (!sessionStore.getState().status.connection.hosting) return [];
  return [...new Set(peers.getState().residents.map(({ person }) => nameOf(person)))];
}

/** Whether the project may be left, which is asked where others are here through it. */
export async function mayLeave(): Promise<boolean> {
  const here = guests();
  if (here.length === 0) return true;
  return ask({
    title: "Close the meeting point",
    text: `${listed(here)} ${here.length === 1 ? "is" : "are"} here. Closing ends the meeting point until you open the project again. Nothing is lost: everybody goes on where they are.`,
    action: "Close anyway",
  });
}
