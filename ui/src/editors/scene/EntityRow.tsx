import { Eye, EyeOff, Lock, LockOpen } from "lucide-react";

import { TextField, TreeItem, nameProblem } from "../../design";
import type { TreeRow } from "../../design";
import { useRecord } from "../../documents/document";
import { textOf } from "../../documents/reading";
import type { RecordData } from "../../ipc/types";
import { AvatarRow } from "../../presence/Avatar";
import type { MarkedBy } from "../../presence/useMarkedBy";
import { EntityIcon } from "./EntityIcon";

interface EntityRowProps {
  scene: string;
  row: TreeRow;
  isJoint: boolean;
  marked: MarkedBy;
  renaming: boolean;
  /** Undefined when nothing changed. */
  onRename: (name: string | undefined) => void;
  onSet: (field: "visible" | "locked", value: boolean) => void;
}

/** One that was deleted, until the row goes too. */
const GONE: RecordData = {};

/** A row of the hierarchy, which follows its entity. */
export function EntityRow(props: EntityRowProps) {
  const { scene, row, isJoint, marked, renaming, onRename, onSet } = props;
  const ref = { collection: "entities", id: row.id };
  const entity = useRecord(scene, "entities", row.id) ?? GONE;
  const name = textOf(entity, "name");
  const visible = entity.visible !== false;
  const locked = entity.locked === true;
  return (
    <TreeItem row={row} name={marked.spoken(name || "Entity", ref)}>
      <span className="ui-tree-icon">
        <EntityIcon entity={entity} isJoint={isJoint} hasChildren={row.hasChildren} />
      </span>
      {renaming ? (
        <TextField
          label={`Rename ${name}`}
          value={name}
          autoFocus
          problemOf={nameProblem}
          onCommit={(text) => onRename(text.trim())}
          onCancel={() => onRename(undefined)}
        />
      ) : (
        <span className="ui-tree-name" data-hidden={visible ? undefined : ""}>
          {name || "Entity"}
        </span>
      )}
      <AvatarRow people={marked.people(ref)} doing="selected this" />
      <RowSwitch
        label={`${name} is locked`}
        pressed={locked}
        quiet={!locked}
        onPress={() => onSet("locked", !locked)}
      >
        {locked ? <Lock size={13} /> : <LockOpen size={13} />}
      </RowSwitch>
      <RowSwitch
        label={`${name} is visible`}
        pressed={visible}
        quiet={visible}
        onPress={() => onSet("visible", !visible)}
      >
        {visible ? <Eye size={13} /> : <EyeOff size={13} />}
      </RowSwitch>
    </TreeItem>
  );
}

interface RowSwitchProps {
  label: string;
  pressed: boolean;
  /** Shown only on the row under the pointer or the focus. */
  quiet: boolean;
  onPress: () => void;
  children: React.ReactNode;
}

/** The tree has one focus stop; the Inspector has the same switches for the keyboard. */
function RowSwitch({ label, pressed, quiet, onPress, children }: RowSwitchProps) {
  return (
    <button
      type="button"
      className="ui-icon-button entity-switch"
      tabIndex={-1}
      aria-label={label}
      aria-pressed={pressed}
      data-quiet={quiet ? "" : undefined}
      onClick={onPress}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      {children}
    </button>
  );
}
