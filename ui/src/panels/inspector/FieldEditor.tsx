import { ColorField, NumberField, NumbersField, Select, TextField, Toggle } from "../../design";
import type { FieldValue, RecordData } from "../../ipc";
import { hexFromLinear, linearFromHex } from "./color";
import type { FieldDescription } from "./fields";
import { DEGREE } from "./rotation";
import { RotationField } from "./RotationField";
import { numbersOf, fieldValue, sharedNumbers, sharedValue, transformSet } from "./values";

/** What an edit sets, record by record. */
export type SetFields = (record: RecordData, id: string) => Record<string, FieldValue | null>;

export interface FieldEditorProps {
  description: FieldDescription;
  ids: readonly string[];
  records: readonly RecordData[];
  onSet: (field: string, set: SetFields) => void;
}

/** Edits one field of one or several records. */
export function FieldEditor({ description, ids, records, onSet }: FieldEditorProps) {
  const { field, label, type } = description;
  const value = sharedValue(records, description);
  const set = (next: FieldValue | null) => onSet(field, () => ({ [field]: next }));
  const number = typeof value === "number" ? value : undefined;
  switch (type.kind) {
    case "text":
      return (
        <TextField
          label={label}
          multiline={type.multiline ?? false}
          value={typeof value === "string" ? value : undefined}
          onCommit={set}
        />
      );
    case "number":
      return (
        <NumberField
          label={label}
          value={number}
          min={type.min}
          max={type.max}
          step={type.step}
          placeholder={records.every((record) => record[field] === undefined) ? type.optional : undefined}
          onCommit={set}
        />
      );
    case "angle":
      return (
        <NumberField
          label={label}
          value={number === undefined ? undefined : Math.round((number / DEGREE) * 1e6) / 1e6}
          min={type.min}
          max={type.max}
          step={1}
          onCommit={(degrees) => set(degrees * DEGREE)}
        />
      );
    case "toggle":
      return <Toggle label={label} checked={typeof value === "boolean" ? value : undefined} onChange={set} />;
    case "choice":
      return (
        <Select
          label={label}
          value={typeof value === "string" ? value : undefined}
          options={type.choices}
          onChange={set}
        />
      );
    case "hexColor":
      return (
        <ColorField label={label} value={typeof value === "string" ? value : undefined} onCommit={set} />
      );
    case "linearColor":
      return (
        <LinearColor
          label={label}
          alpha={type.alpha ?? false}
          value={value === undefined ? undefined : numbersOf(value, type.alpha ? 4 : 3)}
          onChange={(rgb, alpha) =>
            onSet(field, (record) => {
              const before = numbersOf(fieldValue(record, description), type.alpha ? 4 : 3);
              const [r, g, b] = rgb ?? before;
              return { [field]: [r ?? 0, g ?? 0, b ?? 0, ...(type.alpha ? [alpha ?? before[3] ?? 1] : [])] };
            })
          }
        />
      );
    case "vector":
      return (
        <NumbersField
          label={label}
          step={type.step}
          values={sharedNumbers(
            records.map((record) => numbersOf(fieldValue(record, description), 3)),
            3,
          )}
          onCommit={(axis, next) =>
            onSet(field, (record) => {
              const numbers = numbersOf(fieldValue(record, description), 3);
              numbers[axis] = next;
              return transformSet(record, field as "translation" | "scale", numbers);
            })
          }
        />
      );
    case "rotation":
      return <RotationField description={description} ids={ids} records={records} onSet={onSet} />;
  }
}

interface LinearColorProps {
  label: string;
  alpha: boolean;
  value: readonly number[] | undefined;
  onChange: (rgb: readonly number[] | undefined, alpha: number | undefined) => void;
}

function LinearColor({ label, alpha, value, onChange }: LinearColorProps) {
  return (
    <div className="linear-color">
      <ColorField
        label={label}
        value={value && hexFromLinear(value)}
        onCommit={(hex) => onChange(linearFromHex(hex), undefined)}
      />
      {alpha && (
        <NumberField
          label={`${label} opacity`}
          value={value?.[3]}
          min={0}
          max={1}
          step={0.01}
          onCommit={(next) => onChange(undefined, next)}
        />
      )}
    </div>
  );
}
