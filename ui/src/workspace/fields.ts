/** What a kind says of the fields that the Inspector edits. */
import type { FieldValue, RecordData } from "../ipc/types";

export type FieldKind =
  | { kind: "text"; multiline?: boolean }
  /** An optional one may be without a value: emptied, it reads as that word. */
  | { kind: "number"; min?: number; max?: number; step?: number; optional?: string }
  | { kind: "angle"; min?: number; max?: number }
  | { kind: "toggle" }
  | { kind: "choice"; choices: readonly { value: string; label: string }[] }
  | { kind: "hexColor" }
  | { kind: "linearColor" }
  /** The fourth component of a linear colour. */
  | { kind: "alpha" }
  | { kind: "vector"; step?: number }
  | { kind: "rotation" };

export interface FieldDescription {
  field: string;
  label: string;
  type: FieldKind;
  /** What an absent field reads as. */
  fallback?: RecordData[string];
  /** What it reads as where it does not stand in the record's field of its name. */
  read?: (record: RecordData) => FieldValue | undefined;
  /** What setting it writes, where that is more than the field. */
  write?: (record: RecordData, value: FieldValue) => Record<string, FieldValue | null>;
  /** The event that setting it is, where it has one of its own. */
  event?: string;
  /** Whether it stays as it is for now, because the record is locked. */
  locked?: (record: RecordData) => boolean;
  /** Whether it means something for this record. */
  when?: (record: RecordData) => boolean;
}

export interface Section {
  title: string;
  fields: readonly FieldDescription[];
}
