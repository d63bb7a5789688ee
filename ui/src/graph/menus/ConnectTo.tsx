/** "Connect to…": the pins of other nodes that a pin can be wired to, nearest first. The keyboard's way to wire. */

import { useCallback } from "react";

import { finds } from "../../design";
import type { End, PinAddress } from "../pins";
import { pinKey, samePin } from "../pins";
import { connect } from "../gestures/changes";
import { pinOf, pinPoint, titleOf, wiresAt, type Graph, type GraphNode } from "../model/graph";
import { useCanvas, useEditor } from "../view/editor";
import { Chooser, type Choice } from "./Chooser";

type Partner = Choice & { pin: PinAddress };

export function ConnectTo() {
  const from = useCanvas((state) => state.connectFrom);
  return from && <Partners {...from} />;
}

function Partners({ pin, screen }: { pin: PinAddress; screen: { x: number; y: number } }) {
  const { graph, store, commit, newId, focus } = useEditor();
  const find = useCallback((query: string) => partnersOf(graph(), pin, query), [graph, pin]);
  // The wire that Enter would make is shown while choosing.
  const preview = useCallback(
    (partner: Partner | undefined) => {
      const type = pinOf(graph(), pin);
      const start = pinPoint(graph(), pin);
      const at = partner && pinPoint(graph(), partner.pin);
      if (!type || !start || !at) store.setState({ connecting: null, loose: null });
      else
        store.setState({
          connecting: { from: pin, type, start },
          loose: { at, over: partner.pin, verdict: { allowed: true } },
        });
    },
    [graph, store, pin],
  );
  const close = (): void => {
    store.setState({ connectFrom: null, connecting: null, loose: null });
    focus();
  };
  const node = graph().nodes.get(pin.node);
  const label = pinOf(graph(), pin)?.socket.label || pin.socket;
  return (
    <Chooser
      label="Connect to"
      placeholder="Find a pin by its node or name…"
      screen={screen}
      find={find}
      empty="No pin fits."
      note={node && `From ${titleOf(node)} · ${label}`}
      onClose={close}
      onHighlight={preview}
      onChoose={(partner) => {
        const gesture = connect(graph(), pin, partner.pin, newId());
        if (gesture.changes.length > 0) commit(gesture);
        close();
      }}
    />
  );
}

/** The pins it can be wired to, by distance, that match every word. */
export function partnersOf(graph: Graph, from: PinAddress, query: string): Partner[] {
  const found = pinOf(graph, from);
  const home = graph.nodes.get(from.node);
  if (!found || !home) return [];
  const type: End = { node: from.node, side: found.side, kind: found.kind, socket: found.socket };
  const taken = wiresAt(graph, from).map((wire) => (from.side === "output" ? wire.to : wire.from));
  return [...graph.nodes.values()]
    .filter((node) => node.id !== from.node)
    .sort((a, b) => distance(home, a) - distance(home, b))
    .flatMap((node) => {
      const title = titleOf(node);
      return node.geometry.pins.flatMap((pin): Partner[] => {
        const address: PinAddress = { node: node.id, side: pin.side, kind: pin.kind, socket: pin.socket.id };
        const label =
          pin.socket.label ||
          (pin.kind === "flow" ? (pin.side === "input" ? "flow in" : "flow out") : pin.socket.id);
        if (pin.missing || !finds(query, `${title} ${label}`)) return [];
        const end = { node: node.id, side: pin.side, kind: pin.kind, socket: pin.socket };
        if (!graph.language.judge(type, end, graph).allowed) return [];
        if (taken.some((one) => samePin(one, address))) return [];
        const key = pinKey(address).replace(/[^\w-]/g, "_");
        return [
          {
            key,
            title: label,
            group: title,
            groupKey: node.id,
            word: pin.connected ? "wired" : "",
            pin: address,
          },
        ];
      });
    });
}

function distance(a: GraphNode, b: GraphNode): number {
  return Math.hypot(a.position.x - b.position.x, a.position.y - b.position.y);
}
