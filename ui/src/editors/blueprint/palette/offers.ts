/** Which operations a pin may be wired to, and by which socket. */

import type { NodeShape } from "../../../ipc/types";
import { compatible, type PinSide, type PinType } from "../pins/compatibility";

export type Sockets = Pick<NodeShape, "flowIn" | "flowOut" | "valuesIn" | "valuesOut">;

/** Something to add, and the socket of it that the dragged pin would be wired to. */
export interface Offer<T extends Sockets> {
  item: T;
  socket?: { side: PinSide; id: string };
}

/** All of them; with a pin, those with a socket it can be wired to, wired to the first such socket. */
export function offersFor<T extends Sockets>(items: readonly T[], pin: PinType | undefined): Offer<T>[] {
  if (!pin) return items.map((item) => ({ item }));
  return items.flatMap((item) => {
    const socket = socketFor(item, pin);
    return socket ? [{ item, socket }] : [];
  });
}

/** The first socket of a node that the pin can be wired to. */
export function socketFor(sockets: Sockets, pin: PinType): { side: PinSide; id: string } | undefined {
  const side = pin.side === "output" ? "input" : "output";
  const [flow, values] =
    side === "input" ? [sockets.flowIn, sockets.valuesIn] : [sockets.flowOut, sockets.valuesOut];
  const found = (pin.kind === "flow" ? flow : values).find((socket) =>
    compatible(pin, { side, kind: pin.kind, socket }),
  );
  return found && { side, id: found.id };
}
