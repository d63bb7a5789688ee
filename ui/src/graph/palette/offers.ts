/** Which operations a pin may be wired to, and by which socket. */

import type { NodeShape } from "../../ipc/types";
import type { Entry } from "../language";
import type { Graph } from "../model/graph";
import type { PinSide, PinType } from "../pins";

export type Sockets = Pick<NodeShape, "flowIn" | "flowOut" | "valuesIn" | "valuesOut">;

/** Something to add, and the socket of it that the dragged pin would be wired to. */
export interface Offer {
  item: Entry;
  socket?: { side: PinSide; id: string };
}

/** All of them; with a pin, those with a socket it can be wired to, wired to the first such socket. */
export function offersFor(graph: Graph, items: readonly Entry[], pin: PinType | undefined): Offer[] {
  if (!pin) return items.map((item) => ({ item }));
  return items.flatMap((item) => {
    const socket = socketFor(graph, item.shape, pin);
    return socket ? [{ item, socket }] : [];
  });
}

/** The first socket of a node that the pin can be wired to. */
export function socketFor(
  graph: Graph,
  sockets: Sockets,
  pin: PinType,
): { side: PinSide; id: string } | undefined {
  const side = pin.side === "output" ? "input" : "output";
  const [flow, values] =
    side === "input" ? [sockets.flowIn, sockets.valuesIn] : [sockets.flowOut, sockets.valuesOut];
  const found = (pin.kind === "flow" ? flow : values).find(
    (socket) => graph.language.judge(pin, { side, kind: pin.kind, socket }, graph).allowed,
  );
  return found && { side, id: found.id };
}
