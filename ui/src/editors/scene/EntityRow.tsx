import { Eye, EyeOff, Lock, LockOpen } from "lucide-react";

import { TextField } from "../../design";
import type { RecordData } from "../../ipc/types";
import { AvatarRow } from "../../presence/Avatar";
import type { Other } from "../../presence/useOthers";
import { textOf } from "../../documents/reading";
import { EntityIcon } from "./EntityIcon";

interface EntityRowProps {
  entity: RecordData;
  isJoint: boolean;
  hasChildren: boolean;
  /** The others who have it selected. */
  selectedBy: readonly Other[];
  renaming: boolean;
  /** Undefined when nothing changed. */
  onRename: (name: string | undefined) => void;
  onSet: (field: "visible" | "locked", value: boolean) => void;
}

export function EntityRow(props: EntityRowProps) {
  const { entity, isJoint, hasChildren, selectedBy, renaming, onRename, onSet } = props;
  const name = textOf(entity, "name");
  const visible = entity.visible !== false;
  const locked = entity.locked === true;
  return (
    <>
      <span className="ui-tree-icon">
        <EntityIcon entity={entity} isJoint={isJoint} hasChildren={hasChildren} />
      </span>
      {renaming ? (
        <TextField
          label={`Rename ${name}`}
          value={name}
          autoFocus
          onCommit={(text) => onRename(text.trim() === "" ? undefined : text.trim())}
          onCancel={() => onRename(undefined)}
        />
      ) : (
        <span className="ui-tree-name" data-hidden={visible ? undefined : ""}>
          {name || "Entity"}
        </span>
      )}
      <AvatarRow people={selectedBy} doing="selected this" />
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
    </>
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
