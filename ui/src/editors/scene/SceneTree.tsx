import { Plus } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { KeyboardEvent } from "react";

import { attemptEdit } from "../../workspace/editing";
import { showUndoable } from "../../workspace/notify";
import { ConfirmDialog, ContextMenu, EmptyState, Button, IconButton, NoMatch, TreeView } from "../../design";
import type { DropPlace, MenuEntry, TreeHandle } from "../../design";
import { documentStore, newId, useDocumentFailure, useKind, useThere } from "../../documents/document";
import { onReveal, select, useSelection } from "../../documents/selection";
import type { RecordRef } from "../../documents/selection";
import { useMarkedBy } from "../../presence/useMarkedBy";
import { textOf } from "../../documents/reading";
import { activateDocument } from "../../project/activeDocument";
import { addEntity, deleteEntities, duplicateEntities, moveEntities } from "./entityChanges";
import type { EntityGesture } from "./entityChanges";
import { EntityRow } from "./EntityRow";
import { ancestors, subtrees } from "./entityTree";
import type { Entities } from "./entityTree";
import { unlessLocked } from "./locked";
import { MoveDialog } from "./MoveDialog";
import { useHierarchy } from "./useHierarchy";
import "./scene.css";

/** What a canvas reads when an entity is dropped on it. */
const ENTITY = "application/x-wissil-entity";

/** Deleting more than this asks first. Undo brings it back either way. */
const ASK_ABOVE = 50;

const NONE: Entities = new Map();
const entitiesOf = (scene: string) => documentStore(scene).getState().view?.records.all("entities") ?? NONE;

const entityOf = ({ collection, id }: RecordRef) => (collection === "entities" ? [id] : []);

/** A scene's entities: select, rename, add, delete, duplicate, move. */
export function SceneTree({ document: scene }: { document: string }) {
  const isRead = useKind(scene) !== undefined;
  const failure = useDocumentFailure(scene);
  const hierarchy = useHierarchy(scene);
  const { tree, rows } = hierarchy;
  const refs = useThere(scene, useSelection(scene));
  const selected = useMemo(() => new Set(refs.flatMap(entityOf)), [refs]);
  const chosen = [...selected];
  const marked = useMarkedBy(scene);
  const [renaming, setRenaming] = useState<string>();
  const [moving, setMoving] = useState<readonly string[]>();
  const [deleting, setDeleting] = useState<readonly string[]>();
  const handle = useRef<TreeHandle>(null);

  const pick = (ids: readonly string[], mode: "replace" | "toggle" = "replace") =>
    select(
      scene,
      ids.map((id) => ({ collection: "entities", id })),
      mode,
    );

  const write = async (gesture: EntityGesture | undefined) => {
    if (!gesture || gesture.changes.length === 0) return undefined;
    const written = await attemptEdit(scene, gesture.eventType, gesture.changes);
    if (!written) return undefined;
    pick(gesture.select);
    const [first] = gesture.select;
    if (first !== undefined) handle.current?.show(first);
    return written;
  };
  const add = (target: string | null, place: "inside" | "after") => {
    const id = newId();
    if (target !== null && place === "inside") hierarchy.unfold([target]);
    void write(addEntity(entitiesOf(scene), tree, target, place, id, { name: "Entity" })).then((written) => {
      if (written) setRenaming(id);
    });
  };
  /** Beside what is selected; without a selection, or with several, at the top. */
  const addBeside = () => add(chosen.length === 1 ? (chosen[0] ?? null) : null, "after");
  const remove = async (ids: readonly string[]) => {
    const gesture = deleteEntities(tree, ids);
    const written = await write(gesture);
    if (written && gesture.changes.length > 1) {
      showUndoable(`Deleted ${gesture.changes.length} entities`, scene, written.cids[0]);
    }
  };
  const askRemove = (ids: readonly string[]) => {
    const all = subtrees(tree, ids);
    unlessLocked(scene, entitiesOf(scene), all, () => {
      if (all.length > ASK_ABOVE) setDeleting(ids);
      else if (all.length > 0) void remove(ids);
    });
  };
  const rename = (id: string) => unlessLocked(scene, entitiesOf(scene), [id], () => setRenaming(id));
  const duplicate = (ids: readonly string[]) =>
    void write(duplicateEntities(entitiesOf(scene), tree, ids, newId));
  const drop = (dragged: string, target: string | null, place: DropPlace) => {
    const moved = selected.has(dragged) ? chosen : [dragged];
    unlessLocked(
      scene,
      entitiesOf(scene),
      moved,
      () => void write(moveEntities(entitiesOf(scene), tree, moved, target, place)),
    );
  };
  const set = (ids: readonly string[], eventType: string, field: string, value: string | boolean) =>
    void attemptEdit(
      scene,
      eventType,
      ids.map((id) => ({ collection: "entities", id, set: { [field]: value } })),
    );

  const { unfold } = hierarchy;
  useEffect(
    () =>
      onReveal(scene, (revealed) => {
        const entity = revealed.find((ref) => ref.collection === "entities");
        if (!entity) return;
        unfold(ancestors(entitiesOf(scene), entity.id));
        // The unfolded rows exist after the next render.
        setTimeout(() => handle.current?.show(entity.id));
      }),
    [scene, unfold],
  );

  const onKey = (event: KeyboardEvent, active: string | undefined) => {
    const primary = event.ctrlKey || event.metaKey;
    const run = (action: () => void) => {
      event.preventDefault();
      action();
    };
    if (event.key === "F2" && active !== undefined) run(() => rename(active));
    else if (event.key === "Delete") run(() => askRemove(chosen));
    else if (primary && event.key.toLowerCase() === "d") run(() => duplicate(chosen));
    else if (event.key === "Insert")
      run(() => (event.shiftKey ? add(active ?? null, "inside") : addBeside()));
  };

  if (failure) return <EmptyState title="The scene cannot be opened">{failure.message}</EmptyState>;
  const count = tree.size;
  return (
    <div className="scene-tree" aria-busy={!isRead} onFocus={() => activateDocument(scene)}>
      <div className="panel-bar">
        <input
          className="ui-input"
          type="search"
          aria-label="Filter entities"
          placeholder={`Filter ${count.toLocaleString()} ${count === 1 ? "entity" : "entities"}`}
          value={hierarchy.filter}
          onChange={(event) => hierarchy.setFilter(event.target.value)}
        />
        <IconButton label="Add an entity" shortcut="Insert" onClick={addBeside}>
          <Plus size={15} />
        </IconButton>
      </div>
      {isRead && count === 0 ? (
        <EmptyState title="An empty scene" actions={<Button onClick={addBeside}>Add an entity</Button>}>
          Entities are the things of a scene: meshes, lights, cameras and the groups that hold them.
        </EmptyState>
      ) : (
        <ContextMenu entries={menu()}>
          <div className="scene-tree-area">
            {isRead && rows.length === 0 && <NoMatch onClear={() => hierarchy.setFilter("")} />}
            <TreeView
              ref={handle}
              label="Hierarchy"
              rows={rows}
              selected={selected}
              nameOf={(id) => textOf(entitiesOf(scene).get(id), "name") || "Entity"}
              onSelect={pick}
              onEmpty={() => pick([])}
              onToggle={hierarchy.toggle}
              onActivate={rename}
              onKey={onKey}
              onDrop={hierarchy.filter === "" ? drop : undefined}
              dragData={(id, data) => data.setData(ENTITY, id)}
              renderRow={(row) => (
                <EntityRow
                  scene={scene}
                  row={row}
                  isJoint={hierarchy.joints.has(row.id)}
                  marked={marked}
                  renaming={renaming === row.id}
                  onRename={(name) => {
                    setRenaming(undefined);
                    if (name !== undefined) set([row.id], "entity.rename", "name", name);
                    handle.current?.focus();
                  }}
                  onSet={(field, value) =>
                    set(selected.has(row.id) ? chosen : [row.id], "entity.set", field, value)
                  }
                />
              )}
            />
          </div>
        </ContextMenu>
      )}
      {moving && (
        <MoveDialog
          entities={entitiesOf(scene)}
          tree={tree}
          moved={moving}
          onClose={() => setMoving(undefined)}
          onMove={(parent) => void write(moveEntities(entitiesOf(scene), tree, moving, parent, "inside"))}
        />
      )}
      <ConfirmDialog
        open={deleting !== undefined}
        title="Delete entities"
        text={`This deletes ${subtrees(tree, deleting ?? []).length.toLocaleString()} entities, those below the selected ones included. Undo brings them back.`}
        action="Delete"
        onClose={() => setDeleting(undefined)}
        onConfirm={() => void remove(deleting ?? [])}
      />
    </div>
  );

  function menu(): MenuEntry[] {
    const [one] = chosen;
    const general: MenuEntry[] = [
      { label: "Unfold all", run: hierarchy.unfoldAll },
      { label: "Fold all", run: hierarchy.foldAll },
    ];
    if (one === undefined)
      return [{ label: "Add entity", shortcut: "Insert", run: addBeside }, { kind: "separator" }, ...general];
    return [
      { label: "Add entity beside", shortcut: "Insert", disabled: chosen.length !== 1, run: addBeside },
      { label: "Add child", shortcut: "Shift+Insert", run: () => add(one, "inside") },
      { label: "Rename", shortcut: "F2", disabled: chosen.length !== 1, run: () => rename(one) },
      { label: "Duplicate", shortcut: "Ctrl+D", run: () => duplicate(chosen) },
      {
        label: "Move to…",
        run: () => unlessLocked(scene, entitiesOf(scene), chosen, () => setMoving(chosen)),
      },
      { kind: "separator" },
      ...general,
      { kind: "separator" },
      { label: "Delete", shortcut: "Del", danger: true, run: () => askRemove(chosen) },
    ];
  }
}
