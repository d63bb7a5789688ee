/** Blueprints: graphs of what happens when. */
import { Spline } from "lucide-react";

import { shapeOf } from "../../graph/model/shape";
import type { Kind } from "../../workspace/kinds";
import { BlueprintEditor } from "./BlueprintEditor";
import { COMMENT, FUNCTION } from "./inspector/fields";
import { NodeHeading, NodeInspector } from "./inspector/NodeInspector";
import { EventInspector, VariableInspector } from "./inspector/VariableInspector";
import { WireInspector } from "./inspector/WireInspector";
import { Outline } from "./outline/Outline";
import { Variables } from "./variables/Variables";
import { nodeTitle, wireTitle } from "./words";

export const blueprint: Kind = {
  kind: "blueprint",
  title: "Blueprint",
  icon: Spline,
  where: "Blueprints open here, each in a tab.",
  counted: "nodes",
  Editor: BlueprintEditor,
  panels: { variables: Variables, outline: Outline },
  inspector: {
    nodes: {
      noun: "Node",
      event: "node.set",
      titleOf: (records, id) => nodeTitle(records.get("nodes", id), shapeOf(records, id)),
      Heading: NodeHeading,
      Form: NodeInspector,
      several: "Select one node to edit its configuration and values.",
    },
    wires: {
      noun: "Wire",
      event: "wire.set",
      titleOf: (records, id) => wireTitle(records, records.get("wires", id) ?? {}),
      Form: WireInspector,
    },
    variables: { noun: "Variable", event: "variable.set", Form: VariableInspector },
    events: { noun: "Custom event", event: "event.set", Form: EventInspector },
    functions: { noun: "Function", event: "function.set", sections: FUNCTION },
    comments: { noun: "Comment", event: "comment.set", sections: COMMENT },
  },
};
