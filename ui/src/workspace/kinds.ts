/** The kinds of documents that the window edits. An editor says what its kind brings; nothing else knows a kind. */
import { File } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { ComponentType } from "react";

import { textOf } from "../documents/reading";
import type { RecordReader } from "../documents/records";
import type { RecordRef } from "../documents/selection";
import type { RecordData } from "../ipc/types";
import type { Section } from "./fields";
import type { Tool } from "./layout";

/** What a kind of document brings to the window. */
export interface Kind {
  /** The kind, as documents name it. Commands of its editor begin with it: `blueprint.align`. */
  readonly kind: string;
  /** What people call one: "Blueprint". */
  readonly title: string;
  readonly icon: LucideIcon;
  /** A sentence that says where one is edited, for whoever has none open. */
  readonly where: string;
  /** The collection whose records lists of documents count. */
  readonly counted?: string;
  /** Edits a document in a tab of the centre. */
  readonly Editor?: ComponentType<{ document: string }>;
  /** The panel that documents are edited in besides an {@link Editor}, or where there is none: one of {@link panels}. */
  readonly home?: Tool;
  /** What it shows in the panels around, for the document one works in. */
  readonly panels?: Readonly<Partial<Record<Tool, ComponentType<{ document: string }>>>>;
  /** The collections whose records are seen and selected where it is edited; without it, all that the Inspector edits. */
  readonly seen?: readonly string[];
  /** What its records are called and how the Inspector edits them, by collection. */
  readonly inspector: Readonly<Record<string, RecordKind>>;
}

/** A record that the Inspector shows. */
export interface Inspected {
  readonly document: string;
  readonly id: string;
}

/** The records of one collection. */
export interface RecordKind {
  /** One of them: "Entity". */
  readonly noun: string;
  /** What one of them is called; without it, what its field `name` or `text` says. */
  readonly titleOf?: (records: RecordReader, id: string) => string;
  /** The event that setting a field is, where the field names no other: `entity.set`. */
  readonly event: string;
  readonly sections?: readonly Section[];
  /** Stands in place of the title and the noun. */
  readonly Heading?: ComponentType<Inspected>;
  /** Stands above the sections of a single record. */
  readonly Form?: ComponentType<Inspected>;
  /** Other records that are edited along with one, such as the mesh of an entity. */
  readonly along?: (records: RecordReader, record: RecordData) => readonly RecordRef[];
  /** Whether it changes along with others, and so is meant only where nothing else is. */
  readonly isAside?: boolean;
  /** What to do for what is not edited of several at once. */
  readonly several?: string;
}

const kinds = new Map<string, Kind>();

/** Adds kinds, in the order in which they are offered; the answer takes them away again. */
export function registerKinds(list: readonly Kind[]): () => void {
  for (const each of list) kinds.set(each.kind, each);
  return () => list.forEach(({ kind }) => kinds.delete(kind));
}

export function allKinds(): readonly Kind[] {
  return [...kinds.values()];
}

/** What is known of a kind; of one that a newer version made, its name. */
export function kindOf(kind: string): Kind {
  return kinds.get(kind) ?? { kind, title: kind, icon: File, where: "", inspector: {} };
}

/** What is known of a collection; of one that nobody described, its name. */
export function recordKind(kind: string, collection: string): RecordKind {
  return kindOf(kind).inspector[collection] ?? { noun: collection, event: `${collection}.set` };
}

/** Of records that something touched, those to select: what people see of them, else what they can edit of them. */
export function selectable<Ref extends RecordRef>(kind: string, refs: readonly Ref[]): Ref[] {
  const known = kinds.get(kind);
  if (!known) return [...refs];
  const { seen = [], inspector } = known;
  const shown = refs.filter(({ collection }) => seen.includes(collection));
  if (shown.length > 0) return shown;
  const edited = refs.filter(({ collection }) => collection in inspector);
  const meant = edited.filter(({ collection }) => inspector[collection]?.isAside !== true);
  return meant.length > 0 ? meant : edited;
}

/** "2 entities", "1 entity". */
export function counted(kind: string, collection: string, count: number): string {
  const words = count === 1 ? recordKind(kind, collection).noun.toLowerCase() : collection;
  return `${count.toLocaleString()} ${words}`;
}

/** What a record is called; what it is where it has no name or is gone. */
export function recordTitle(kind: string, records: RecordReader, { collection, id }: RecordRef): string {
  const { noun, titleOf } = recordKind(kind, collection);
  const record = records.get(collection, id);
  if (!record) return noun;
  return titleOf?.(records, id) ?? (textOf(record, "name") || textOf(record, "text") || noun);
}

/** `New scene`: what making one is called, and what is made until somebody names it. */
export const newTitle = ({ title }: Kind) => `New ${title.toLowerCase()}`;
