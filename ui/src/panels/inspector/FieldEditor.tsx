import {
  ColorField,
  DEGREE,
  NumberField,
  NumbersField,
  Select,
  TextField,
  Toggle,
  nameProblem,
} from "../../design";
import type { FieldValue, RecordData } from "../../ipc/types";
import { hexFromLinear, linearFromHex } from "./color";
import type { FieldDescription } from "../../workspace/fields";
import { RotationField } from "./RotationField";
import { fieldSet, fieldValue, numbersOf, sharedNumbers, sharedValue } from "./values";

/** What an edit sets, record by record. */
export type SetFields = (record: RecordData, id: string) => Record<string, FieldValue | null>;

export interface FieldEditorProps {
  description: FieldDescription;
  ids: readonly string[];
  records: readonly RecordData[];
  onSet: (set: SetFields) => void;
}

/** Edits one field of one or several records. */
export function FieldEditor({ description, ids, records, onSet }: FieldEditorProps) {
  const { field, label, type } = description;
  const value = sharedValue(records, description);
  const set = (next: FieldValue) => onSet((record) => fieldSet(record, description, next));
  const number = typeof value === "number" ? value : undefined;
  switch (type.kind) {
    case "text":
      return (
        <TextField
          label={label}
          multiline={type.multiline ?? false}
          value={typeof value === "string" ? value : undefined}
          problemOf={field === "name" ? nameProblem : undefined}
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
          onClear={type.optional === undefined ? undefined : () => onSet(() => ({ [field]: null }))}
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
        <ColorField
          label={label}
          value={value === undefined ? undefined : hexFromLinear(numbersOf(value, 3))}
          onCommit={(hex) =>
            onSet((record) => fieldSet(record, description, withColor(fieldValue(record, description), hex)))
          }
        />
      );
    case "alpha":
      return (
        <NumberField
          label={label}
          value={
            sharedNumbers(
              records.map((record) => numbersOf(fieldValue(record, description), 4)),
              4,
            )[3]
          }
          min={0}
          max={1}
          step={0.01}
          onCommit={(alpha) =>
            onSet((record) =>
              fieldSet(record, description, [...numbersOf(fieldValue(record, description), 3), alpha]),
            )
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
            onSet((record) => {
              const numbers = numbersOf(fieldValue(record, description), 3);
              numbers[axis] = next;
              return fieldSet(record, description, numbers);
            })
          }
        />
      );
    case "rotation":
      return <RotationField description={description} ids={ids} records={records} onSet={onSet} />;
  }
}

/** Another colour with the opacity that stands, where there is one. */
function withColor(before: FieldValue | undefined, hex: string): number[] {
  const rest = Array.isArray(before) ? before.slice(3).map(Number) : [];
  return [...linearFromHex(hex), ...rest];
}
