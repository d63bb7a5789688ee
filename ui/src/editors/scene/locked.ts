/** Entities that are locked: kept where and what they are, until somebody unlocks them. */
import { textOf } from "../../documents/reading";
import type { RecordData } from "../../ipc/types";
import { attemptEdit } from "../../workspace/editing";
import { showNotice } from "../../workspace/notify";
import type { Entities } from "./entityTree";

export const isLocked = (entity: RecordData | undefined): boolean => entity?.locked === true;

/** Runs what changes entities; where some are locked it says so instead, with the way to unlock them. */
export function unlessLocked(
  scene: string,
  entities: Entities,
  ids: readonly string[],
  run: () => void,
): void {
  const held = ids.filter((id) => isLocked(entities.get(id)));
  const [first] = held;
  if (first === undefined) {
    run();
    return;
  }
  const what =
    held.length === 1 ? textOf(entities.get(first), "name") || "The entity" : `${held.length} entities`;
  showNotice(`${what} ${held.length === 1 ? "is" : "are"} locked`, "Unlock to move, rename or delete.", {
    label: "Unlock",
    onClick: () =>
      void attemptEdit(
        scene,
        "entity.set",
        held.map((id) => ({ collection: "entities", id, set: { locked: false } })),
      ),
  });
}
