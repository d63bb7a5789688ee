/** The searchable list of everything that can be added; opened from a pin, of what can be wired to it. */

import { useCallback, useMemo } from "react";

import type { Catalogue, GraphLanguage } from "../language";
import { addNodeBeside, addWiredNode, type NewNode } from "../gestures/changes";
import { pinOf, titleOf } from "../model/graph";
import { snap } from "../model/snap";
import { Chooser, type Choice } from "../menus/Chooser";
import type { PinType } from "../pins";
import type { PaletteRequest } from "../canvas/state";
import { useCanvas, useEditor } from "../view/editor";
import { offersFor, type Offer } from "./offers";
import { groupByFamily, searchOperations } from "./search";

export function Palette({ catalogue }: { catalogue: Catalogue }) {
  const request = useCanvas((state) => state.palette);
  return request && <OpenPalette request={request} catalogue={catalogue} />;
}

type Item = Choice & { offer: Offer };

interface Props {
  request: PaletteRequest;
  catalogue: Catalogue;
}

function OpenPalette({ request, catalogue }: Props) {
  const { graph, store, commit, select, newId, focus } = useEditor();
  const { pin } = request;
  const offers = useMemo(() => {
    const now = graph();
    const found = pin && pinOf(now, pin);
    const type: PinType | undefined = found && { side: found.side, kind: found.kind, socket: found.socket };
    return offersFor(now, catalogue.entries(now), type);
  }, [graph, pin, catalogue]);
  const { Icon } = graph().language;
  const find = useCallback((query: string) => choicesOf(offers, query, Icon), [offers, Icon]);
  const close = useCallback(() => {
    store.setState({ palette: null });
    focus();
  }, [store, focus]);

  const add = ({ offer: { item, socket } }: Item): void => {
    const node: NewNode = { id: newId(), operation: item, position: snap(request.at), ...item.starts };
    commit(
      pin && socket
        ? addWiredNode(graph(), node, item.shape, pin, socket, newId())
        : addNodeBeside(graph(), node, item.shape),
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

function choicesOf(offers: readonly Offer[], query: string, Icon: GraphLanguage["Icon"]): Item[] {
  const searchable = offers.map((offer) => ({ ...offer.item, family: offer.item.shape.family, offer }));
  return groupByFamily(searchOperations(searchable, query)).flatMap(({ family, items }) =>
    items.map(({ offer }): Item => {
      const { key, title, op, help } = offer.item;
      return {
        key,
        title,
        word: op,
        group: family,
        help,
        icon: <Icon op={op} family={family} known size={14} />,
        offer,
      };
    }),
  );
}
