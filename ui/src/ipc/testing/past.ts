/** Events from before the twin began, for the Session panel. */
import type { Person } from "../types";
import type { TwinDocuments } from "./documents";
import { GUEST } from "./history";
import type { TwinHistory } from "./history";
import { shapeOf } from "./vocabulary";

/** Records so many events, the latest of which a server has if there is one. */
export function recordPast(
  history: TwinHistory,
  documents: TwinDocuments,
  count: number,
  you: Person,
  onServer: boolean,
): void {
  for (let at = 0; at < count; at += 1) {
    const nodes = ["start", "branch", "set", "delay", "equal", "random", "hit"];
    const node = nodes[(at * 5) % nodes.length] ?? "set";
    const own = at % 3 !== 1;
    const touched = Array.from({ length: 1 + ((at * 7) % 5) }, (_, step) => ({
      collection: "nodes",
      id: nodes[(at + step) % nodes.length] ?? node,
    }));
    history.events.push({
      position: `${at + 1}.1.row`,
      cid: `bafyreia${String(at + 1).padStart(8, "0")}exampleexampleexample`,
      document: "loop",
      documentName: "Game loop",
      eventType: "node.move",
      person: own ? you : GUEST,
      own,
      time: Date.now() - (count - at) * 190_000,
      words:
        touched.length === 1
          ? `moved ${shapeOf(documents.document("loop").collections.nodes?.[node] ?? {}).title}`
          : `moved ${touched.length} nodes`,
      touched,
      touchedCount: touched.length,
      state: !onServer ? "saved" : at < count - 4 ? "seen" : at < count - 2 ? "onServer" : "saved",
    });
  }
}
