import { NumberField, Select, TextField, Toggle } from "../../../design";
import { useDerived } from "../../../documents/document";
import type { FieldValue, Parameter } from "../../../ipc/types";
import { orderedIds, textOf } from "../../../documents/reading";
import type { Derived } from "../../../documents/records";
import { SIGNATURES } from "./literals";
import "./inspector.css";
import { EntityField, PointerField } from "./ReferenceField";

interface ConfigurationFieldProps {
  document: string;
  parameter: Parameter;
  value: FieldValue | undefined;
  /** What the stored form becomes, of what it is by then; null clears the parameter. */
  onSet: (change: (now: FieldValue | undefined) => FieldValue[] | null) => void;
}

/** A configuration parameter of a node. Its stored form is always a list. */
export function ConfigurationField({ document, parameter, value, onSet }: ConfigurationFieldProps) {
  const listOf = (stored: FieldValue | undefined) => (Array.isArray(stored) ? stored : parameter.default);
  const list = listOf(value);
  const [first] = list;
  const text = typeof first === "string" ? first : undefined;
  const label = parameter.label;
  if (parameter.choices.length > 0) {
    const options = parameter.choices.map((choice) => ({ value: choice, label: choice }));
    return <Select label={label} value={text} options={options} onChange={(next) => onSet(() => [next])} />;
  }
  switch (parameter.kind) {
    case "variable":
    case "event":
      return (
        <RecordSelect
          document={document}
          collection={parameter.kind === "variable" ? "variables" : "events"}
          label={label}
          value={text}
          onChange={(next) => onSet(() => [next])}
        />
      );
    case "variableList":
      return (
        <VariableList
          document={document}
          label={label}
          chosen={list.map(String)}
          onChange={(change) => onSet((now) => change(listOf(now).map(String)))}
        />
      );
    case "typeSignature":
      return (
        <Select
          label={label}
          value={text}
          placeholder="Choose…"
          options={SIGNATURES.map((signature) => ({ value: signature, label: signature }))}
          onChange={(next) => onSet(() => [next])}
        />
      );
    case "boolean":
      return <Toggle label={label} checked={first === true} onChange={(checked) => onSet(() => [checked])} />;
    case "sceneNode":
      return (
        <EntityField
          label={label}
          value={first === undefined ? undefined : String(first)}
          onCommit={(id) => onSet(() => [id])}
        />
      );
    case "integer":
      return (
        <NumberField
          label={label}
          integer
          value={typeof first === "number" ? first : undefined}
          onCommit={(next) => onSet(() => [next])}
        />
      );
    case "integerList":
      return (
        <TextField
          mono
          label={label}
          value={list.join(", ")}
          placeholder="0, 1, 2"
          problemOf={(typed) => {
            const wrong = itemsOf(typed).find((item) => !Number.isInteger(Number(item)));
            return wrong === undefined ? undefined : `“${wrong}” is no whole number`;
          }}
          onCommit={(typed) => onSet(() => itemsOf(typed).map(Number))}
        />
      );
    case "pointer":
      return (
        <PointerField
          label={label}
          value={text ?? ""}
          onCommit={(change) =>
            onSet((now) => {
              const pointer = change(textIn(listOf(now)));
              return pointer === "" ? null : [pointer];
            })
          }
        />
      );
    case "text":
    case "template":
      return (
        <TextField
          label={label}
          value={text ?? ""}
          onCommit={(typed) => onSet(() => (typed === "" ? null : [typed]))}
        />
      );
  }
}

const textIn = ([first]: readonly FieldValue[]) => (typeof first === "string" ? first : "");

const itemsOf = (typed: string) => typed.split(/[,\s]+/).filter(Boolean);

interface Option {
  value: string;
  label: string;
}

/** The records of a collection by their order, as they are chosen from. */
function optionsOf(collection: string, unnamed: string): Derived<readonly Option[]> {
  return {
    from: { [collection]: ["name", "order"] },
    make: (records) =>
      orderedIds(records.all(collection), "order").map((id) => ({
        value: id,
        label: textOf(records.get(collection, id), "name") || unnamed,
      })),
  };
}

const VARIABLES = optionsOf("variables", "Variable");
const EVENTS = optionsOf("events", "Internal event");

interface RecordSelectProps {
  document: string;
  collection: "variables" | "events";
  label: string;
  value: string | undefined;
  onChange: (id: string) => void;
}

function RecordSelect({ document, collection, ...select }: RecordSelectProps) {
  const options = useDerived(document, collection === "variables" ? VARIABLES : EVENTS) ?? [];
  return <Select {...select} placeholder="Choose…" options={options} />;
}

interface VariableListProps {
  document: string;
  label: string;
  chosen: readonly string[];
  onChange: (change: (now: string[]) => string[]) => void;
}

function VariableList({ document, label, chosen, onChange }: VariableListProps) {
  const options = useDerived(document, VARIABLES) ?? [];
  return (
    <div role="group" aria-label={label} className="inspector-checks">
      {options.map(({ value, label: name }) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={({ target: { checked } }) =>
              onChange((now) => [...now.filter((other) => other !== value), ...(checked ? [value] : [])])
            }
          />
          {name}
        </label>
      ))}
      {options.length === 0 && <span className="inspector-note">no variables yet</span>}
    </div>
  );
}
