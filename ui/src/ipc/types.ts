/**
 * The boundary's types as the UI reads them.
 *
 * The generated bindings cannot say that a float is never NaN and that a JSON value is a record's field, so the few
 * types that need it are narrowed here; everything else passes through.
 */
import type * as wire from "./bindings";
import type { FieldValue, RecordId } from "./records";

export type {
  DocumentInfo,
  EditResult,
  Dynamic,
  ErrorCode,
  EventState,
  Family,
  FindHit,
  FlowSocket,
  NodeShape,
  Operation,
  Parameter,
  ParameterKind,
  Person,
  Problem,
  ProjectInfo,
  SessionStatus,
  Severity,
  Socket,
  Touched,
  UndoState,
  ValueSocket,
} from "./bindings";

/** A record's fields by stored name; map fields stand entry by entry (`values.a`). */
export type RecordData = Readonly<Record<string, FieldValue>>;

/** Records by id. */
export type Records = Readonly<Record<RecordId, RecordData>>;

/** Records by id, by collection. */
export type Collections = Readonly<Record<string, Records>>;

/** One record put, changed or removed. A null in `set` clears the field. */
export type Change =
  | { collection: string; id: RecordId; put: Record<string, FieldValue> }
  | { collection: string; id: RecordId; set: Record<string, FieldValue | null> }
  | { collection: string; id: RecordId; remove: true };

export type EventRow = Omit<wire.EventRow, "time"> & { time: number };
export type RecentProject = Omit<wire.RecentProject, "opened"> & { opened: number };
export type AppInfo = Omit<wire.AppInfo, "recents"> & { recents: RecentProject[] };

export type Snapshot = Omit<wire.Snapshot, "collections"> & { collections: Collections };

export type Delta = Omit<wire.Delta, "upserted" | "events"> & { upserted: Collections; events: EventRow[] };

export interface OpenedDocument {
  subscription: number;
  snapshot: Snapshot;
}

export interface SessionMessage {
  type: "events";
  rows: EventRow[];
  status: wire.SessionStatus;
}

export type VerifyReport = wire.VerifyReport;

export type ExportFormat = "glb" | "json" | "car";
