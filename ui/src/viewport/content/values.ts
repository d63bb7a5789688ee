/** Reading fields of records and what stands in a `source`, whatever is in them. */
import type { RecordData } from "../../ipc/types";

/** A JSON object of a record. */
export type Json = Readonly<Record<string, unknown>>;

export function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** A whole number from 0. */
export function countOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** So many finite numbers, or nothing. */
export function numbersOf(value: unknown, count: number): number[] | undefined {
  if (!Array.isArray(value) || value.length !== count) return undefined;
  return value.every((item): item is number => Number.isFinite(item)) ? value : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function listOf(value: unknown): readonly unknown[] {
  const opened = openedOf(value);
  return Array.isArray(opened) ? opened : [];
}

/** An object, also one that stands as text because a record cannot hold it otherwise: `{"$json": its text}`. */
export function objectOf(value: unknown): Json {
  const opened = openedOf(value);
  return typeof opened === "object" && opened !== null && !Array.isArray(opened) ? (opened as Json) : {};
}

function openedOf(value: unknown): unknown {
  const text = typeof value === "object" && value !== null ? (value as Json).$json : undefined;
  return typeof text === "string" ? parsed(text) : value;
}

/** What a record's source file carried beyond the fields; older projects hold it as text where it is deep. */
export function sourceOf(record: RecordData | undefined): Json {
  const source = record?.source;
  return objectOf(typeof source === "string" ? parsed(source) : source);
}

/** An extension's object in something of a file; undefined where it has none. */
export function extensionOf(holder: unknown, name: string): Json | undefined {
  const extension = objectOf(objectOf(holder).extensions)[name];
  return extension === undefined ? undefined : objectOf(extension);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
