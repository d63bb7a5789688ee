/** What a canvas without nodes says. */

import { Plus } from "lucide-react";

import { Button, EmptyState } from "../../design";
import type { Actions } from "../../graph/canvas/actions";

export function EmptyBlueprint({ actions }: { actions: Actions }) {
  return (
    <div className="bp-empty" data-own-pointer>
      <EmptyState
        title="This Blueprint does nothing yet"
        actions={
          <Button
            variant="primary"
            icon={<Plus size={14} aria-hidden="true" />}
            onClick={() => actions.add()}
          >
            Add a first node
          </Button>
        }
      >
        A Blueprint says what happens when: an event such as <em>On start</em>, and behind it, along the white
        wires, what it sets off. Coloured wires carry values. Start with an event; then drag off a pin to see
        what fits.
      </EmptyState>
      <dl className="bp-hints">
        <dt>Tab, right click</dt>
        <dd>add a node</dd>
        <dt>Space or middle mouse</dt>
        <dd>pan</dd>
        <dt>Wheel, pinch</dt>
        <dd>zoom</dd>
        <dt>F1</dt>
        <dd>all keys</dd>
      </dl>
    </div>
  );
}
