import { Plus, X } from "lucide-react";

import type { Inspected } from "../../../workspace/kinds";
import { attemptEdit } from "../../../workspace/editing";
import { showUndoable } from "../../../workspace/notify";
import {
  Button,
  FieldRow,
  IconButton,
  SectionHeading,
  Select,
  TextField,
  nameProblem,
} from "../../../design";
import { newestRecord, useRecord, whenReached } from "../../../documents/document";
import type { FieldValue, Literal } from "../../../ipc/types";
import { textOf } from "../../../documents/reading";
import { LiteralField } from "./LiteralField";
import { SIGNATURES, asLiteral } from "./literals";

const TYPES = SIGNATURES.map((signature) => ({ value: signature, label: signature }));

export const VariableInspector = (props: Inspected) => <ValuesInspector collection="variables" {...props} />;
export const EventInspector = (props: Inspected) => <ValuesInspector collection="events" {...props} />;

interface ValuesInspectorProps extends Inspected {
  collection: "variables" | "events";
}

/** A variable with its type and initial value, or a custom event with its values. */
function ValuesInspector({ document, collection, id }: ValuesInspectorProps) {
  const record = useRecord(document, collection, id) ?? {};
  const set = (fields: Record<string, FieldValue | null>) =>
    attemptEdit(document, collection === "events" ? "event.set" : "variable.set", [
      { collection, id, set: fields },
    ]);
  /** Another type may convert and clear what uses this: that is said where it did. */
  const retype = async (field: string, type: string) => {
    const edited = await set({ [field]: { type } });
    if (!edited) return;
    const { undo } = await whenReached(document, edited.position);
    const [, consequences] = (undo.undo ?? "").split("; ");
    if (consequences) showUndoable(`Now ${type}: ${consequences}`, document, edited.cids[0]);
  };
  const change = (field: string, by: (now: Literal | undefined) => Literal) =>
    set({ [field]: by(asLiteral(newestRecord(document, collection, id)?.[field])) as unknown as FieldValue });
  const initial = asLiteral(record.initial);
  const values = Object.keys(record).filter((field) => field.startsWith("values."));
  return (
    <section className="inspector-section" aria-label={collection === "events" ? "Custom event" : "Variable"}>
      <FieldRow label="Name">
        <TextField
          label="Name"
          value={textOf(record, "name")}
          problemOf={collection === "variables" ? nameProblem : undefined}
          placeholder={collection === "events" ? "internal to the graph" : ""}
          onCommit={(name) => {
            if (name.trim() !== "") set({ name: name.trim() });
            else if (collection === "events") set({ name: null });
          }}
        />
      </FieldRow>
      {collection === "variables" && initial && (
        <>
          <FieldRow label="Type">
            <Select
              label="Type"
              value={initial.type}
              options={TYPES}
              onChange={(type) => void retype("initial", type)}
            />
          </FieldRow>
          <FieldRow label="Starts as">
            <LiteralField
              label="Starts as"
              signature={initial.type}
              value={initial}
              onCommit={(by) => change("initial", by)}
            />
          </FieldRow>
        </>
      )}
      {collection === "events" && (
        <>
          <SectionHeading title="Values it carries" />
          {values.map((field) => {
            const literal = asLiteral(record[field]);
            const name = field.slice("values.".length);
            return (
              <FieldRow
                key={field}
                label={name}
                end={
                  <IconButton label={`Remove ${name}`} onClick={() => set({ [field]: null })}>
                    <X size={13} />
                  </IconButton>
                }
              >
                <Select
                  label={`Type of ${name}`}
                  value={literal?.type}
                  options={TYPES}
                  onChange={(type) => void retype(field, type)}
                />
                {literal && (
                  <LiteralField
                    label={name}
                    signature={literal.type}
                    value={literal}
                    onCommit={(by) => change(field, by)}
                  />
                )}
              </FieldRow>
            );
          })}
          <Button
            variant="quiet"
            icon={<Plus size={14} aria-hidden />}
            onClick={() => set({ [`values.${freeName(values)}`]: { type: "float" } })}
          >
            Add a value
          </Button>
        </>
      )}
    </section>
  );
}

function freeName(taken: readonly string[]): string {
  let at = taken.length;
  while (taken.includes(`values.value${at}`)) at += 1;
  return `value${at}`;
}
