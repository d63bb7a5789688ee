import { Command } from "cmdk";

import { Dialog, finds } from "../../design";
import { textOf } from "../../documents/reading";
import { ancestors, subtrees } from "./entityTree";
import type { Entities, EntityTree } from "./entityTree";

interface MoveDialogProps {
  entities: Entities;
  tree: EntityTree;
  moved: readonly string[];
  onMove: (parent: string | null) => void;
  onClose: () => void;
}

/** Few people read further; typing narrows. */
const SHOWN = 200;

/** Moving by keyboard what otherwise is dragged. */
export function MoveDialog({ entities, tree, moved, onMove, onClose }: MoveDialogProps) {
  const below = new Set(subtrees(tree, moved));
  const targets = [...entities.keys()].filter((id) => !below.has(id));
  const choose = (parent: string | null) => {
    onClose();
    onMove(parent);
  };
  return (
    <Dialog title="Move to…" open onClose={onClose}>
      <Command
        label="Move to"
        className="finder"
        filter={(_, query, [name = ""] = []) => Number(finds(query, name))}
      >
        <Command.Input autoFocus placeholder="Find an entity" className="ui-input" />
        <Command.List className="finder-list">
          <Command.Empty className="finder-empty">No entity has that name.</Command.Empty>
          <Command.Item
            className="ui-item"
            value="top level"
            keywords={["Top level"]}
            onSelect={() => choose(null)}
          >
            Top level
          </Command.Item>
          {targets.slice(0, targets.length > 2000 ? SHOWN : undefined).map((id) => (
            <Command.Item
              key={id}
              className="ui-item"
              value={id}
              keywords={[textOf(entities.get(id), "name") || "Entity"]}
              onSelect={() => choose(id)}
            >
              <span className="ui-item-label">{textOf(entities.get(id), "name") || "Entity"}</span>
              <span className="ui-item-end">
                {ancestors(entities, id)
                  .reverse()
                  .map((ancestor) => textOf(entities.get(ancestor), "name"))
                  .join(" / ")}
              </span>
            </Command.Item>
          ))}
        </Command.List>
      </Command>
    </Dialog>
  );
}
