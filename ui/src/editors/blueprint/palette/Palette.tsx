/** The searchable list of everything that can be added; opened from a pin, of what can be wired to it. */

import { useCallback, useMemo } from "react";

import type { Operation } from "../../../ipc/types";
import { addNodeBeside, addWiredNode, type NewNode } from "../gestures/changes";
import { pinOf, titleOf } from "../graph/graph";
import { snap } from "../graph/snap";
import type { Records } from "../graph/records";
import { Chooser, type Choice } from "../menus/Chooser";
import type { PinType } from "../pins/compatibility";
import type { PaletteRequest } from "../canvas/state";
import { useCanvas, useEditor } from "../view/editor";
import { OperationIcon } from "../view/OperationIcon";
import { entriesOf, shapeOf, type Entry } from "./catalogue";
import { offersFor, type Offer } from "./offers";
import { groupByFamily, searchOperations } from "./search";

interface Props {
  operations: readonly Operation[];
  variables: Records;
}

export function Palette(props: Props) {
  const request = useCanvas((state) => state.palette);
  return request && <OpenPalette request={request} {...props} />;
}

type Item = Choice & { offer: Offer<Entry> };

function OpenPalette({ request, operations, variables }: Props & { request: PaletteRequest }) {
  const { graph, store, commit, select, newId, focus } = useEditor();
  const { pin } = request;
  const offers = useMemo(() => {
    const found = pin && pinOf(graph(), pin);
    const type: PinType | undefined = found && { side: found.side, kind: found.kind, socket: found.socket };
    return offersFor(entriesOf(operations, variables), type);
  }, [graph, pin, operations, variables]);
  const find = useCallback((query: string) => choicesOf(offers, query), [offers]);
  const close = useCallback(() => {
    store.setState({ palette: null });
    focus();
  }, [store, focus]);

  const add = ({ offer: { item, socket } }: Item): void => {
    const node: NewNode = { id: newId(), operation: item, position: snap(request.at), ...item.starts };
    commit(
      pin && socket
        ? addWiredNode(graph(), node, shapeOf(item), pin, socket, newId())
        : addNodeBeside(graph(), node, shapeOf(item)),
    );
    select({ nodes: new Set([node.id]) }, "replace");
    close();
  };
  const source = pin && graph().nodes.get(pin.node);
  const name =
    pin && source ? `${titleOf(source)} · ${pinOf(graph(), pin)?.socket.label || pin.socket}` : undefined;
  return (
    <Chooser
      label="Add a node"
      placeholder={pin ? "Find a node to wire…" : "Find a node to add…"}
      screen={request.screen}
      find={find}
      onChoose={add}
      onClose={close}
      empty="No node fits these words."
      note={name && `Wired to ${name}`}
    />
  );
}

function choicesOf(offers: readonly Offer<Entry>[], query: string): Item[] {
  const searchable = offers.map((offer) => ({ ...offer.item, offer }));
  return groupByFamily(searchOperations(searchable, query)).flatMap(({ family, items }) =>
    items.map(({ offer }): Item => {
      const { key, title, op, help } = offer.item;
      return {
        key,
        title,
        word: op,
        group: family,
        help,
        icon: <OperationIcon op={op} family={family} known size={14} />,
        offer,
      };
    }),
  );
}
