import { NumberField, NumbersField, TextField, Toggle } from "../../../design";
import type { FieldValue, Literal } from "../../../ipc/types";
import { componentsOf, signatureForm, withComponent } from "./literals";
import { ReferenceField } from "./ReferenceField";

interface LiteralFieldProps {
  label: string;
  signature: string;
  value: Literal | undefined;
  /** What a reference may lead to: the collections of the scene; none where only a wire can say it. */
  targets?: readonly string[] | undefined;
  /** What the value becomes, of what it is by then. */
  onCommit: (change: (now: Literal | undefined) => Literal) => void;
}

/** A typed value, edited as what its signature says. Where nothing is set, that is shown, and not a 0. */
export function LiteralField({ label, signature, value, targets, onCommit }: LiteralFieldProps) {
  const form = signatureForm(signature);
  const commit = (at: number, part: FieldValue) => onCommit((now) => withComponent(signature, now, at, part));
  switch (form.kind) {
    case "bool":
      return (
        <Toggle
          label={label}
          unset
          checked={typeof value?.value?.[0] === "boolean" ? value.value[0] : undefined}
          onChange={(checked) => onCommit(() => ({ type: signature, value: [checked] }))}
        />
      );
    case "number": {
      const components = componentsOf(value, form.components);
      return form.components === 1 ? (
        <NumberField
          label={label}
          unset
          integer={form.integer}
          value={components[0]}
          onCommit={(next) => commit(0, next)}
        />
      ) : (
        <NumbersField
          label={label}
          unset
          values={components}
          {...(form.columns ? { columns: form.columns } : {})}
          onCommit={commit}
        />
      );
    }
    case "reference":
      if (targets?.length === 0) return <span className="inspector-note">a reference, by wire only</span>;
      return (
        <ReferenceField
          label={label}
          value={typeof value?.value?.[0] === "string" ? value.value[0] : ""}
          collections={targets}
          onCommit={(pointer) => onCommit(() => ({ type: signature, value: [pointer] }))}
        />
      );
    case "custom":
      return (
        <TextField
          mono
          label={label}
          value={value?.value === undefined ? "" : JSON.stringify(value.value)}
          placeholder="unset"
          onCommit={(text) => {
            const parts = parseList(text);
            if (parts) onCommit(() => ({ type: signature, value: parts }));
          }}
        />
      );
  }
}

function parseList(text: string): FieldValue[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? (parsed as FieldValue[]) : [parsed as FieldValue];
  } catch {
    return undefined;
  }
}
