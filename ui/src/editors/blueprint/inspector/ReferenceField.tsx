import { Picker, TextField } from "../../../design";
import { pointerTarget, pointerTo, retargeted } from "../../../documents/pointer";
import { targetKey, targetOfKey, useTargets } from "../../../project/targets";

const ENTITIES = ["entities"] as const;

interface EntityFieldProps {
  label: string;
  /** The entity's record id. */
  value: string | undefined;
  onCommit: (id: string) => void;
}

/** An entity, by name. */
export function EntityField({ label, value, onCommit }: EntityFieldProps) {
  return (
    <Picker
      label={label}
      value={value === undefined ? undefined : targetKey("entities", value)}
      options={useTargets(ENTITIES)}
      missing="Deleted entity"
      onChange={(key) => onCommit(targetOfKey(key).id)}
    />
  );
}

interface PointerFieldProps {
  label: string;
  value: string;
  /** What the pointer becomes, of what it is by then; an empty text clears it. */
  onCommit: (change: (now: string) => string) => void;
}

/** A pointer to a property: whose, by name, and which. */
export function PointerField({ label, value, onCommit }: PointerFieldProps) {
  const target = pointerTarget(value);
  return (
    <div className="inspector-pointer">
      <Picker
        label={`${label}: whose`}
        value={target && targetKey(target.collection, target.id)}
        options={useTargets()}
        placeholder={value === "" ? "Choose…" : "By input"}
        missing="Deleted"
        onChange={(key) => {
          const { collection, id } = targetOfKey(key);
          onCommit((now) => retargeted(now, collection, id));
        }}
      />
      <TextField
        mono
        label={label}
        value={target ? target.rest : value}
        placeholder="translation"
        onCommit={(typed) =>
          onCommit((now) => {
            const whose = pointerTarget(now);
            return whose && !typed.startsWith("/") ? pointerTo({ ...whose, rest: typed }) : typed;
          })
        }
      />
    </div>
  );
}

interface ReferenceFieldProps {
  label: string;
  value: string;
  collections?: readonly string[] | undefined;
  onCommit: (pointer: string) => void;
}

/** A reference that is typed in: a record of the scene, by name. */
export function ReferenceField({ label, value, collections, onCommit }: ReferenceFieldProps) {
  const target = pointerTarget(value);
  return (
    <Picker
      label={label}
      value={value === "" ? undefined : target ? targetKey(target.collection, target.id) : value}
      options={useTargets(collections)}
      placeholder="none"
      missing={target ? "Deleted" : value}
      onChange={(key) => onCommit(pointerTo({ ...targetOfKey(key), rest: "" }))}
    />
  );
}
