/** An in-memory twin of the shell: documents that are edited, undone and subscribed to, as the real ones are. */
import { mockIPC, mockWindows } from "@tauri-apps/api/mocks";

import type { ApiError } from "../bindings";
import type { Presence, PresenceMessage } from "../presence";
import type {
  Change,
  Collections,
  ConnectionState,
  Deletion,
  Delta,
  Displaced,
  DocumentInfo,
  EventRow,
  EventState,
  FindHit,
  NodeShape,
  Person,
  Problem,
  ProjectInfo,
  RecordData,
  Records,
  SessionMessage,
  SessionStatus,
  Snapshot,
  Touched,
} from "../types";
import { TwinNetwork, fail } from "./network";
import { TwinPresence } from "./presence";
import { written } from "./records";
import type { TwinDocument } from "./sample";
import { sampleDocuments } from "./sample";
import { OPERATIONS, shapeOf } from "./vocabulary";

interface Channel<T> {
  onmessage: (message: T) => void;
}

interface Step {
  words: string;
  changes: Change[];
  /** The event that it takes back. */
  event: string;
}

interface Log {
  undo: Step[];
  redo: Step[];
}

export interface TwinOptions {
  entities?: number;
  /** Whether a project is open from the start. */
  open?: boolean;
  /** Events of the past, for the Session panel. */
  past?: number;
  /** Where the session stands with a server. */
  connection?: ConnectionState;
}

type Arguments = Record<string, unknown>;

const MANIFEST = "manifest";
const YOU: Person = { id: "you", name: "Ada Lovelace", color: "#ff8a5b" };
export const GUEST: Person = { id: "guest", name: "Guest 2", color: "#56c8ff" };

export class Twin {
  documents: TwinDocument[];
  events: EventRow[] = [];
  problems: Problem[] = [
    {
      document: "loop",
      collection: "nodes",
      id: "equal",
      field: "b",
      severity: "warning",
      message: "Equal: `b` has neither a wire nor a value, so it compares with 0.",
      note: null,
    },
  ];
  /** All that an event touched, where its row names only the first. */
  readonly touched = new Map<string, Touched[]>();
  /** Set to make the next edit fail. */
  failNext: ApiError | undefined;
  /** What opening a document waits for. */
  beforeOpening: Promise<unknown> | undefined;
  /** Every command that was called, for tests. */
  calls: string[] = [];
  user = YOU;
  /** The server, the people, the live messages, the files. */
  readonly network = new TwinNetwork(
    () => [this.user, GUEST],
    (message) => this.session?.onmessage(message),
  );
  /** The others who have the session open. */
  readonly presence = new TwinPresence();
  /** Where the project's folder is instead; undefined while it is in its place. */
  private displaced: Displaced | null = null;
  private readonly deletions = new Map<string, { deletion: Deletion; record: RecordData }>();
  private isOpen: boolean;
  private readonly logs = new Map<string, Log>();
  private readonly subscriptions = new Map<number, { document: string; channel: Channel<Delta> }>();
  private session: Channel<SessionMessage> | undefined;
  private nextSubscription = 1;

  constructor(options: TwinOptions = {}) {
    const contents = sampleDocuments(options.entities);
    this.documents = [...contents, manifestOf(contents)];
    this.isOpen = options.open ?? true;
    if (options.connection) this.network.pretend(options.connection);
    for (let at = 0; at < (options.past ?? 12); at += 1) this.recordPast(at, options.past ?? 12);
  }

  /** Answers commands from now on. */
  install(): this {
    mockWindows("main");
    mockIPC((command, args) => this.answer(command, (args ?? {}) as Arguments), { shouldMockEvents: true });
    return this;
  }

  private answer(command: string, args: Arguments): unknown {
    this.calls.push(command);
    const text = (name: string) => String(args[name]);
    switch (command) {
      case "app_info":
        return { version: "0.1.0", user: this.user, recents: RECENTS, projectsFolder: "/home/ada/WISSIL" };
      case "set_person":
        return (this.user = { ...this.user, name: text("name"), color: text("color") });
      case "recent_remove":
        return null;
      case "project_current":
        this.failIfAsked();
        return this.isOpen ? this.project() : null;
      case "project_new":
      case "project_open":
      case "project_move":
      case "project_import":
      case "project_sample":
      case "project_save_elsewhere":
        this.failIfAsked();
        this.isOpen = true;
        this.displaced = null;
        return this.project();
      case "project_close":
        this.isOpen = false;
        return null;
      case "project_export":
        return [];
      case "project_verify":
        return { sound: true, events: String(this.events.length), objects: "3", damages: [] };
      case "document_open": {
        const open = () => this.open(text("document"), args.channel as Channel<Delta>);
        return this.beforeOpening ? this.beforeOpening.then(open) : open();
      }
      case "document_close":
        this.subscriptions.delete(Number(args.subscription));
        return null;
      case "document_edit":
        return this.edit(text("document"), text("eventType"), args.changes as Change[]);
      case "document_undo":
        return this.step(text("document"), "undo");
      case "document_redo":
        return this.step(text("document"), "redo");
      case "gesture_undo":
        return this.step(text("document"), "undo", text("event"));
      case "document_create": {
        const id = `document${this.documents.length}`;
        const record = { name: text("name"), kind: text("kind"), order: this.documents.length };
        this.documents = [...this.documents, { id, kind: record.kind, name: record.name, collections: {} }];
        this.editDocuments("document.add", { collection: "documents", id, put: record });
        return this.info(id);
      }
      case "document_rename":
        return this.editDocuments("document.rename", {
          collection: "documents",
          id: text("document"),
          set: { name: text("name") },
        });
      case "document_move": {
        const others = this.status().documents.filter(({ id }) => id !== text("document"));
        const order = (at: number) => Number(this.records()[others[at]?.id ?? ""]?.order ?? at * 2);
        const to = Number(args.to);
        return this.editDocuments("document.move", {
          collection: "documents",
          id: text("document"),
          set: { order: to === 0 ? order(0) - 1 : (order(to - 1) + order(to)) / 2 },
        });
      }
      case "document_delete":
        return this.editDocuments("document.delete", {
          collection: "documents",
          id: text("document"),
          remove: true,
        });
      case "document_deletion":
        return this.deletions.get(text("document"))?.deletion ?? null;
      case "document_restore": {
        const { record } =
          this.deletions.get(text("document")) ?? fail("nothingToDo", "The document is back already.");
        return this.editDocuments("document.restore", {
          collection: "documents",
          id: text("document"),
          put: { ...record },
        });
      }
      case "session_subscribe":
        this.session = args.channel as Channel<SessionMessage>;
        return this.status();
      case "session_events":
        return this.page(args.before as string | null, Number(args.limit), args.document as string | null);
      case "presence_subscribe":
        return this.presence.subscribe(args.channel as Channel<PresenceMessage>);
      case "presence_set":
        this.presence.shown.push(args.presence as Presence);
        return null;
      case "event_touched":
        return (
          this.touched.get(text("cid")) ?? this.events.find((row) => row.cid === args.cid)?.touched ?? []
        );
      case "event_show":
        return JSON.stringify(this.events.find((row) => row.cid === args.cid) ?? {}, null, 2);
      case "operations":
        return OPERATIONS;
      case "problems":
        return this.problems;
      case "find":
        return this.find(text("query"), Number(args.limit));
      default:
        return this.network.answer(command, args);
    }
  }

  document(id: string): TwinDocument {
    return (
      this.documents.find((document) => document.id === id) ?? fail("notFound", `There is no document ${id}.`)
    );
  }

  private project(): ProjectInfo {
    return {
      session: "01SESSION",
      name: "Whack-a-Mole",
      path: "/home/ada/WISSIL/Whack-a-Mole",
      branch: "main",
      replica: "UAREPLICA",
      user: this.user,
      documents: this.status().documents,
      notices: [],
      setAside: null,
    };
  }

  private records(): Records {
    return this.document(MANIFEST).collections.documents ?? {};
  }

  /** The documents as the project lists them. */
  private inOrder(): string[] {
    const orderOf = ({ order }: RecordData) => (typeof order === "number" ? order : Infinity);
    const records = Object.entries(this.records());
    return records.sort(([, a], [, b]) => orderOf(a) - orderOf(b)).map(([id]) => id);
  }

  private editDocuments(eventType: string, change: Change) {
    return this.edit(MANIFEST, eventType, [change]);
  }

  /** Somebody else makes a gesture. */
  editAsGuest(id: string, eventType: string, changes: Change[]): void {
    this.write(id, eventType, eventType, changes, GUEST);
  }

  /** The project's folder is deleted, or moved to another place. */
  displace(to: string | null): void {
    this.displaced = { to };
    setTimeout(() => this.session?.onmessage({ type: "events", rows: [], status: this.status() }));
  }

  private nameOf(document: string): string {
    return String(
      this.records()[document]?.name ?? (document === MANIFEST ? "Project" : "a deleted document"),
    );
  }

  private info(id: string): DocumentInfo {
    const { kind, collections } = this.document(id);
    const name = this.nameOf(id);
    const counts = Object.fromEntries(
      Object.entries(collections).map(([collection, records]) => [collection, Object.keys(records).length]),
    );
    return { id, kind, name, counts };
  }

  private status(): SessionStatus {
    return {
      events: String(this.events.length),
      outbox: String(this.events.length),
      pending: "0",
      quarantined: "0",
      people: [this.user, GUEST],
      documents: this.inOrder().map((id) => this.info(id)),
      displaced: this.displaced,
      connection: this.network.connection,
    };
  }

  private log(id: string): Log {
    let log = this.logs.get(id);
    if (!log) this.logs.set(id, (log = { undo: [], redo: [] }));
    return log;
  }

  private undoState(id: string) {
    const { undo, redo } = this.log(id);
    return { undo: undo.at(-1)?.words ?? null, redo: redo.at(-1)?.words ?? null };
  }

  private position(id: string): string {
    return String(this.events.filter((row) => row.document === id).length);
  }

  private open(id: string, channel: Channel<Delta>) {
    const { kind, name, collections } = this.document(id);
    const subscription = this.nextSubscription++;
    this.subscriptions.set(subscription, { document: id, channel });
    const snapshot: Snapshot = {
      document: id,
      kind,
      name,
      position: this.position(id),
      collections,
      problems: this.problems.filter((problem) => problem.document === id),
      shapes: shapesOf(collections),
      undo: this.undoState(id),
    };
    return { subscription, snapshot };
  }

  private edit(id: string, eventType: string, changes: Change[]) {
    this.failIfAsked();
    const before = this.document(id).collections;
    const named = changes.some((change) => "remove" in change) ? before : written(before, changes);
    const words = `${eventType.split(".")[1] ?? "changed"} ${changes.length === 1 ? nameOf(named, changes[0]) : `${changes.length} records`}`;
    const log = this.log(id);
    log.undo.push({ words, changes: inverse(before, changes), event: this.nextCid() });
    log.redo = [];
    const dismissed = changes.filter((change) => change.collection === "notes" && "remove" in change);
    this.problems = this.problems.filter(({ note }) => !dismissed.some((change) => change.id === note));
    return this.write(id, eventType, words, changes);
  }

  /** Takes the newest step, or that of an event. */
  private step(id: string, verb: "undo" | "redo", event?: string) {
    const log = this.log(id);
    const steps = log[verb];
    const at = event === undefined ? steps.length - 1 : steps.findIndex((step) => step.event === event);
    const [entry] = at < 0 ? [] : steps.splice(at, 1);
    if (!entry) {
      return fail(
        "nothingToDo",
        event === undefined ? `There is nothing to ${verb}.` : "That was undone since.",
      );
    }
    const back = inverse(this.document(id).collections, entry.changes);
    const words = `${verb === "undo" ? "undid" : "redid"} ${entry.words}`;
    const step = { words: entry.words, changes: back, event: this.nextCid() };
    log[verb === "undo" ? "redo" : "undo"].push(step);
    return this.write(id, `history.${verb}`, words, entry.changes);
  }

  private nextCid(): string {
    return `bafyreib${String(this.events.length + 1).padStart(8, "0")}exampleexampleexample`;
  }

  private failIfAsked(): void {
    if (!this.failNext) return;
    const error = this.failNext;
    this.failNext = undefined;
    throw error as unknown as Error;
  }

  private write(id: string, eventType: string, words: string, changes: Change[], person = this.user) {
    const document = this.document(id);
    const collections = written(document.collections, changes);
    if (id === MANIFEST) this.noteDeletions(collections.documents ?? {}, person);
    this.documents = this.documents.map((other) => (other.id === id ? { ...other, collections } : other));
    const row = this.record(id, eventType, words, changes, person);
    const upserted: Record<string, Record<string, Collections[string][string]>> = {};
    const removed: Record<string, string[]> = {};
    const shapes: Record<string, NodeShape> = {};
    for (const { collection, id: record } of changes) {
      const after = collections[collection]?.[record];
      if (!after) (removed[collection] ??= []).push(record);
      else {
        (upserted[collection] ??= {})[record] = after;
        if (collection === "nodes") shapes[record] = shapeOf(after);
      }
    }
    const position = this.position(id);
    const delta: Delta = {
      document: id,
      position,
      upserted,
      removed,
      problems: null,
      shapes,
      undo: this.undoState(id),
    };
    for (const { document: subscribed, channel } of this.subscriptions.values()) {
      // As the shell does: after the commit, not within the command.
      if (subscribed === id) setTimeout(() => channel.onmessage(delta));
    }
    return { cids: [row.cid], position };
  }

  private noteDeletions(after: Records, person: Person): void {
    for (const [id, record] of Object.entries(this.records())) {
      if (after[id]) continue;
      const [name, kind] = [String(record.name), String(record.kind)];
      const deletion = { name, kind, person, own: person === this.user, time: Date.now() };
      this.deletions.set(id, { deletion, record });
    }
    for (const id of Object.keys(after)) this.deletions.delete(id);
  }

  private record(
    id: string,
    eventType: string,
    words: string,
    changes: Change[],
    person = this.user,
  ): EventRow {
    const row: EventRow = {
      position: `${this.events.length + 1}.1.row`,
      cid: this.nextCid(),
      document: id,
      documentName: this.nameOf(id),
      eventType,
      person,
      own: person === this.user,
      time: Date.now(),
      words,
      touched: changes.map(({ collection, id: record }) => ({ collection, id: record })),
      touchedCount: changes.length,
      state: "saved",
    };
    this.events = [...this.events, row];
    setTimeout(() => this.session?.onmessage({ type: "events", rows: [row], status: this.status() }));
    if (this.network.connection.state === "online") setTimeout(() => this.travel(row.cid, "onServer"), 600);
    return row;
  }

  /** Somebody else's event arrives. */
  arrive(row: EventRow): void {
    this.session?.onmessage({ type: "events", rows: [row], status: this.status() });
  }

  /** An event is on the server now, or with others. */
  travel(cid: string, state: EventState): void {
    this.events = this.events.map((row) => (row.cid === cid ? { ...row, state } : row));
    this.session?.onmessage({ type: "travelled", events: [{ cid, state }] });
  }

  private recordPast(at: number, count: number): void {
    const nodes = ["start", "branch", "set", "delay", "equal", "random", "hit"];
    const node = nodes[(at * 5) % nodes.length] ?? "set";
    const own = at % 3 !== 1;
    const touched = Array.from({ length: 1 + ((at * 7) % 5) }, (_, step) => ({
      collection: "nodes",
      id: nodes[(at + step) % nodes.length] ?? node,
    }));
    this.events.push({
      position: `${at + 1}.1.row`,
      cid: `bafyreia${String(at + 1).padStart(8, "0")}exampleexampleexample`,
      document: "loop",
      documentName: "Game loop",
      eventType: "node.move",
      person: own ? YOU : GUEST,
      own,
      time: Date.now() - (count - at) * 190_000,
      words:
        touched.length === 1
          ? `moved ${shapeOf(this.document("loop").collections.nodes?.[node] ?? {}).title}`
          : `moved ${touched.length} nodes`,
      touched,
      touchedCount: touched.length,
      state:
        this.network.url === null ? "saved" : at < count - 4 ? "seen" : at < count - 2 ? "onServer" : "saved",
    });
  }

  private page(before: string | null, limit: number, document: string | null): EventRow[] {
    return this.events
      .filter(
        (row) =>
          (document === null || row.document === document) &&
          (before === null || parseInt(row.position) < parseInt(before)),
      )
      .reverse()
      .slice(0, limit);
  }

  private find(query: string, limit: number): FindHit[] {
    const wanted = query.toLowerCase();
    const hits: FindHit[] = [];
    for (const document of this.documents.filter(({ id }) => id in this.records())) {
      for (const collection of ["nodes", "entities", "variables"]) {
        for (const [id, record] of Object.entries(document.collections[collection] ?? {})) {
          const title =
            collection === "nodes" ? String(record.label ?? shapeOf(record).title) : String(record.name);
          if (!title.toLowerCase().includes(wanted)) continue;
          hits.push({
            document: document.id,
            documentName: this.nameOf(document.id),
            collection,
            id,
            title,
            detail: String(record.op ?? collection),
          });
        }
      }
    }
    return hits.slice(0, limit);
  }
}

const RECENTS = [
  {
    path: "/home/ada/WISSIL/Whack-a-Mole",
    name: "Whack-a-Mole",
    opened: Date.now() - 3_600_000,
    exists: true,
  },
  { path: "/home/ada/WISSIL/Flocking", name: "Flocking", opened: Date.now() - 90_000_000, exists: true },
  {
    path: "/media/stick/Old racing game",
    name: "Old racing game",
    opened: Date.now() - 900_000_000,
    exists: false,
  },
];

/** What the project says of its documents. */
function manifestOf(contents: readonly TwinDocument[]): TwinDocument {
  const documents = contents.map(({ id, name, kind }, order) => [id, { name, kind, order }] as const);
  return {
    id: MANIFEST,
    kind: MANIFEST,
    name: "Project",
    collections: { documents: Object.fromEntries(documents) },
  };
}

function shapesOf(collections: Collections): Record<string, NodeShape> {
  return Object.fromEntries(Object.entries(collections.nodes ?? {}).map(([id, node]) => [id, shapeOf(node)]));
}

/** The changes that bring the records back. */
function inverse(collections: Collections, changes: readonly Change[]): Change[] {
  return changes.map(({ collection, id }): Change => {
    const before = collections[collection]?.[id];
    return before ? { collection, id, put: { ...before } } : { collection, id, remove: true };
  });
}

function nameOf(collections: Collections, change: Change | undefined): string {
  if (!change) return "nothing";
  const record = collections[change.collection]?.[change.id] ?? {};
  if (change.collection === "nodes") return String(record.label ?? shapeOf(record).title);
  return String(record.name ?? record.text ?? change.collection);
}
