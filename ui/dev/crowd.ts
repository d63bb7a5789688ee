/** People who move about in the twin's session, to look at. */
import type { TwinPresence } from "../src/ipc/testing/presence";
import type { Person } from "../src/ipc/types";

const NAMES: readonly (readonly [string, string])[] = [
  ["Ann Smith", "#56c8ff"],
  ["Bartholomew Featherstonehaugh-Cholmondeley", "#c792ff"],
  ["Zoë", "#101010"],
  ["李小龍", "#fdfdf0"],
  ["Guest 5", "#4cc38a"],
  ["Grace Hopper", "#e3b341"],
  ["Ann Smith", "#56c8ff"],
  ["", "#f2726f"],
];
const NODES = ["branch", "equal", "random", "delay"];
const FRAME = 33;

/** Lets so many people in and moves them; `still` leaves them where they are first. */
export function gather(presence: TwinPresence, count: number, still: boolean): void {
  const all = Array.from({ length: count }, (_, at) => {
    const [name, color] = NAMES[at % NAMES.length] ?? ["Guest", "#808080"];
    const person: Person = { id: name === "Ann Smith" ? "ann" : `person${at}`, name, color };
    const replica = `replica${String(at).padStart(2, "0")}`;
    presence.join(replica, person, { document: at === 2 ? "scene" : "loop" });
    return replica;
  });
  const frame = (time: number) => all.forEach((replica, at) => presence.move(replica, placed(at, time)));
  frame(1800);
  if (!still) setInterval(() => frame(performance.now()), FRAME);
}

function placed(at: number, time: number) {
  if (at === 2) return { selection: [{ collection: "entities", id: "mole1" }] };
  const angle = time / 900 + at * 1.7;
  const cursor = {
    x: 420 + Math.cos(angle) * (180 + at * 20),
    y: 240 + Math.sin(angle * 1.3) * (120 + at * 12),
  };
  const node = NODES[at % NODES.length] ?? "branch";
  const selection = [
    { collection: "nodes", id: node },
    ...(at === 1 ? [{ collection: "nodes", id: "branch" }] : []),
    ...(at === 0 ? [{ collection: "wires", id: "w2" }] : []),
  ];
  const wander = Math.sin(time / 1400) * 120;
  return {
    cursor,
    selection,
    viewport: { x: -120 + wander, y: -60 + wander / 3, width: 1100, height: 640 },
    ghosts:
      at === 0 ? [{ collection: "nodes", id: node, place: { x: cursor.x - 60, y: cursor.y - 14 } }] : [],
  };
}
