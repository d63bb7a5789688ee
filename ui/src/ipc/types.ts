/**
 * The boundary's types as the UI reads them. The bindings say most of it; where they cannot say that a number is always
 * there, the capability's file reads what came ({@link number}), and the type here says so.
 */
import type * as wire from "./bindings";
import type { FieldValue, RecordId } from "./records";

export type { Peer, Place, Presence, PresenceMessage, Shown } from "./presence";
export type { FieldValue, Literal, Point, RecordId, Size } from "./records";
export type {
  Added,
  AssetState,
  ConnectionInfo,
  ConnectionState,
  ConnectionStatus,
  Delta,
  Displaced,
  DocumentInfo,
  EditResult,
  Dynamic,
  ErrorCode,
  EventState,
  Family,
  FileAdded,
  FindHit,
  FlowSocket,
  HostingInfo,
  JoinProgress,
  LinkInfo,
  LoginKind,
  MadeAgain,
  Member as SessionMember,
  MessageCounts,
  NextStep,
  NextSteps,
  NodeShape,
  OpenedDocument,
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
  Shape,
  ShareInfo,
  Socket,
  StreamInfo,
  Snapshot,
  Touched,
  Travelled,
  UndoState,
  ValueSocket,
  VerifyReport,
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

export type AssetInfo = Omit<wire.AssetInfo, "size"> & { size: number };
export type BusMessage = Omit<wire.BusMessage, "time"> & { time: number };

/** What the session's subscription carries, with rows and files as they are read. */
export type SessionMessage =
  | Exclude<wire.SessionMessage, { type: "events" | "assets" }>
  | (Omit<Extract<wire.SessionMessage, { type: "events" }>, "rows"> & { rows: EventRow[] })
  | (Omit<Extract<wire.SessionMessage, { type: "assets" }>, "assets"> & { assets: AssetInfo[] });

export type ExportFormat = "glb" | "json" | "car";
