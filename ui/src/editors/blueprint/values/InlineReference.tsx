/** The record of the scene that a reference typed in beside an input names. */

import { Picker } from "../../../design";
import type { Socket } from "../../../ipc/types";
import { pointerTarget, pointerTo } from "../../../documents/pointer";
import { targetKey, targetOfKey, useTargets } from "../../../project/targets";
import type { GraphNode } from "../../../graph/model/graph";
import { setValue } from "../../../graph/gestures/changes";
import { fieldWidth, literalFrom } from "./literals";
import { useEditor } from "../../../graph/view/editor";

interface Props {
  node: GraphNode;
  socket: Socket;
  value: string;
  /** Shown as text. */
  small: boolean;
}

export function InlineReference({ node, socket, value, small }: Props) {
  const { commit } = useEditor();
  const options = useTargets();
  const target = pointerTarget(value);
  const key = target && targetKey(target.collection, target.id);
  const missing = target ? "deleted" : value;
  if (small) {
    const name = options.find((option) => option.value === key)?.label;
    return (
      <span className="bp-field" style={{ width: fieldWidth("ref") }}>
        {name ?? (value === "" ? "none" : missing)}
      </span>
    );
  }
  return (
    <span className="bp-fields" style={{ width: fieldWidth("ref") }}>
      <Picker
        className="bp-field bp-reference"
        label={socket.label || socket.id}
        value={value === "" ? undefined : (key ?? value)}
        options={options}
        placeholder="none"
        missing={missing}
        onChange={(next) => {
          const pointer = pointerTo({ ...targetOfKey(next), rest: "" });
          commit(setValue(node.id, socket.id, literalFrom("ref", [pointer])));
        }}
      />
    </span>
  );
}
