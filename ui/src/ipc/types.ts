/**
 * The boundary's types as the UI reads them.
 *
 * The generated bindings cannot say that a float is never NaN and that a JSON value is a record's field, so the few
 * types that need it are narrowed here; everything else passes through.
 */
import type * as wire from "./bindings";
import type { FieldValue, RecordId } from "./records";

export type {
  Added,
  AssetState,
  ConnectionInfo,
  ConnectionState,
  ConnectionStatus,
  Displaced,
  DocumentInfo,
  EditResult,
  Dynamic,
  ErrorCode,
  EventState,
  Family,
  FindHit,
  FlowSocket,
  HostingInfo,
  JoinProgress,
  LinkInfo,
  LoginKind,
  MadeAgain,
  Member as SessionMember,
  MessageCounts,
  NodeShape,
  Operation,
  Parameter,
  ParameterKind,
  Person,
  Problem,
  ProjectInfo,
  Reach,
  ServerInfo,
  ServerLogin,
  ServerSettings,
  SessionStatus,
  SetAside,
  Severity,
  ShareInfo,
  Socket,
  StreamInfo,
  Touched,
  Travelled,
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

export type Deletion = Omit<wire.Deletion, "time"> & { time: number };
export type EventRow = Omit<wire.EventRow, "time"> & { time: number };
export type RecentProject = Omit<wire.RecentProject, "opened"> & { opened: number };
export type AppInfo = Omit<wire.AppInfo, "recents"> & { recents: RecentProject[] };

export type Snapshot = Omit<wire.Snapshot, "collections"> & { collections: Collections };

export type Delta = Omit<wire.Delta, "upserted"> & { upserted: Collections };

export interface OpenedDocument {
  subscription: number;
  snapshot: Snapshot;
}

export type AssetInfo = Omit<wire.AssetInfo, "size"> & { size: number };
export type BusMessage = Omit<wire.BusMessage, "time"> & { time: number };

export type SessionMessage =
  | { type: "events"; rows: EventRow[]; status: wire.SessionStatus }
  | { type: "connection"; connection: wire.ConnectionStatus }
  | { type: "travelled"; events: wire.Travelled[] }
  | { type: "setBack"; notice: string; setAside: wire.SetAside | null }
  | { type: "problem"; problem: string }
  | { type: "assets"; assets: AssetInfo[] }
  | { type: "assetTravels"; object: string; state: wire.AssetState; done: number | null };

export type VerifyReport = wire.VerifyReport;

export type ExportFormat = "glb" | "json" | "car";
