/** The twin's documents: edited, undone and subscribed to, as the real ones are. */
import type {
  Change,
  Collections,
  Deletion,
  Delta,
  DocumentInfo,
  EditResult,
  FindHit,
  NextStep,
  NodeShape,
  OpenedDocument,
  Person,
  Problem,
  RecordData,
  Records,
  Snapshot,
} from "../types";
import type { Ordered } from "../bindings";
import { fail, ordered } from "./answers";
import type { Answers, Channel } from "./answers";
import { GUEST } from "./history";
import type { TwinHistory } from "./history";
import { TwinRow } from "./row";
import { written } from "./records";
import { sampleDocuments } from "./sample";
import type { TwinDocument } from "./sample";
import { OPERATIONS, shapeOf } from "./vocabulary";

interface Step {
  words: string;
  changes: Change[];
  /** The event that it takes back. */
  event: string;
  /** How many were made before. */
  at: number;
}

interface Log {
  undo: Step[];
  redo: Step[];
}

const MANIFEST = "manifest";

export class TwinDocuments {
  all: TwinDocument[];
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
  /** The rows of edits that come from the window. */
  readonly row = new TwinRow();
  /** Records that cannot be made. */
  readonly refused = new Set<string>();
  /** What edits wrote, one after the other. */
  readonly written: (readonly Change[])[] = [];
  /** Set to have the window miss the next change. */
  missNext = false;
  /** What opening a document waits for. */
  beforeOpening: Promise<unknown> | undefined;
  private readonly deletions = new Map<string, { deletion: Deletion; record: RecordData }>();
  private readonly logs = new Map<string, Log>();
  private readonly subscriptions = new Map<number, { document: string; channel: Channel<Ordered<Delta>> }>();
  private made = 0;
  private nextSubscription = 1;

  constructor(
    entities: number | undefined,
    private readonly history: TwinHistory,
    private readonly user: () => Person,
    private readonly failIfAsked: () => void,
  ) {
    const contents = sampleDocuments(entities);
    this.all = [...contents, manifestOf(contents)];
  }

  readonly answers: Answers<
    | "documentOpen"
    | "documentClose"
    | "documentEdit"
    | "nextSteps"
    | "editsEnd"
    | "documentUndo"
    | "documentRedo"
    | "gestureUndo"
    | "documentCreate"
    | "documentRename"
    | "documentMove"
    | "documentDelete"
    | "documentDeletion"
    | "documentRestore"
    | "operations"
    | "problems"
    | "find"
  > = {
    documentOpen: ({ document, channel }) => {
      const open = () => this.open(String(document), channel as Channel<Ordered<Delta>>);
      return this.beforeOpening ? this.beforeOpening.then(open) : open();
    },
    documentClose: ({ subscription }) => {
      this.subscriptions.delete(Number(subscription));
      return null;
    },
    documentEdit: ({ row, place, document, eventType, changes }) =>
      this.row.take(Number(row), Number(place), () =>
        this.edit(String(document), String(eventType), changes as Change[]),
      ),
    editsEnd: ({ row }) => {
      this.row.end(Number(row));
      return null;
    },
    nextSteps: () => ({ undo: this.newestStep("undo"), redo: this.newestStep("redo") }),
    documentUndo: ({ document }) => this.step(String(document), "undo"),
    documentRedo: ({ document }) => this.step(String(document), "redo"),
    gestureUndo: ({ document, event }) => this.step(String(document), "undo", String(event)),
    documentCreate: ({ kind, name }) => {
      const id = `document${this.all.length}`;
      const record = { name: String(name), kind: String(kind), order: this.all.length };
      this.all = [...this.all, { id, kind: record.kind, name: record.name, collections: {} }];
      this.editDocuments("document.add", { collection: "documents", id, put: record });
      return this.info(id);
    },
    documentRename: ({ document, name }) =>
      this.editDocuments("document.rename", {
        collection: "documents",
        id: String(document),
        set: { name: String(name) },
      }),
    documentMove: ({ document, to }) => {
      const others = this.listed().filter(({ id }) => id !== document);
      const order = (at: number) => Number(this.records()[others[at]?.id ?? ""]?.order ?? at * 2);
      const place = Number(to);
      return this.editDocuments("document.move", {
        collection: "documents",
        id: String(document),
        set: { order: place === 0 ? order(0) - 1 : (order(place - 1) + order(place)) / 2 },
      });
    },
    documentDelete: ({ document }) =>
      this.editDocuments("document.delete", { collection: "documents", id: String(document), remove: true }),
    documentDeletion: ({ document }) => this.deletions.get(String(document))?.deletion ?? null,
    documentRestore: ({ document }) => {
      const { record } =
        this.deletions.get(String(document)) ?? fail("nothingToDo", "The document is back already.");
      return this.editDocuments("document.restore", {
        collection: "documents",
        id: String(document),
        put: { ...record },
      });
    },
    operations: () => [...OPERATIONS],
    problems: () => this.problems,
    find: ({ query, limit }) => this.find(String(query), Number(limit)),
  };

  document(id: string): TwinDocument {
    return this.all.find((document) => document.id === id) ?? fail("notFound", `There is no document ${id}.`);
  }

  /** The documents as the project lists them. */
  listed(): DocumentInfo[] {
    const orderOf = ({ order }: RecordData) => (typeof order === "number" ? order : Infinity);
    const records = Object.entries(this.records());
    return records.sort(([, a], [, b]) => orderOf(a) - orderOf(b)).map(([id]) => this.info(id));
  }

  /** Somebody else makes a gesture. */
  editAsGuest(id: string, eventType: string, changes: Change[]): void {
    this.write(id, eventType, eventType, changes, GUEST);
  }

  private records(): Records {
    return this.document(MANIFEST).collections.documents ?? {};
  }

  private editDocuments(eventType: string, change: Change) {
    return this.edit(MANIFEST, eventType, [change]);
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
    return String(this.history.events.filter((row) => row.document === id).length);
  }

  private open(id: string, channel: Channel<Ordered<Delta>>): OpenedDocument {
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
      derived: shapesOf(collections),
      undo: this.undoState(id),
    };
    return { subscription, snapshot };
  }

  /** The person makes a gesture. */
  edit(id: string, eventType: string, changes: Change[]): EditResult {
    this.failIfAsked();
    const before = this.document(id).collections;
    if (changes.some(({ id }) => this.refused.has(id))) fail("invalid", "It cannot be made.");
    const gone = changes.find((change) => "set" in change && !before[change.collection]?.[change.id]);
    if (gone) fail("notFound", `there is no ${gone.collection} ${gone.id}`);
    const named = changes.some((change) => "remove" in change) ? before : written(before, changes);
    const words = `${eventType.split(".")[1] ?? "changed"} ${changes.length === 1 ? nameOf(named, changes[0]) : `${changes.length} records`}`;
    const log = this.log(id);
    log.undo.push({
      words,
      changes: inverse(before, changes),
      event: this.history.nextCid(),
      at: this.made++,
    });
    log.redo = [];
    const dismissed = changes.filter((change) => change.collection === "notes" && "remove" in change);
    this.problems = this.problems.filter(({ note }) => !dismissed.some((change) => change.id === note));
    this.written.push(changes);
    return this.write(id, eventType, words, changes);
  }

  private newestStep(verb: "undo" | "redo"): NextStep | null {
    let newest: { document: string; step: Step } | undefined;
    for (const [document, log] of this.logs) {
      const step = log[verb].at(-1);
      if (step && (document === MANIFEST || this.records()[document]) && step.at >= (newest?.step.at ?? 0))
        newest = { document, step };
    }
    return newest ? { document: newest.document, words: newest.step.words } : null;
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
    const step = { words: entry.words, changes: back, event: this.history.nextCid(), at: this.made++ };
    log[verb === "undo" ? "redo" : "undo"].push(step);
    if (verb === "undo") this.history.undone.set(step.event, entry.event);
    return this.write(id, `history.${verb}`, words, entry.changes);
  }

  private write(id: string, eventType: string, words: string, changes: Change[], person = this.user()) {
    const document = this.document(id);
    const collections = written(document.collections, changes);
    if (id === MANIFEST) this.noteDeletions(collections.documents ?? {}, person);
    this.all = this.all.map((other) => (other.id === id ? { ...other, collections } : other));
    const row = this.history.record({
      document: id,
      documentName: this.nameOf(id),
      eventType,
      words,
      touched: changes.map(({ collection, id: record }) => ({ collection, id: record })),
      person,
    });
    const upserted: Record<string, Record<string, Collections[string][string]>> = {};
    const removed: Record<string, string[]> = {};
    const derived: Record<string, NodeShape | null> = {};
    for (const { collection, id: record } of changes) {
      const after = collections[collection]?.[record];
      if (!after) {
        (removed[collection] ??= []).push(record);
        if (collection === "nodes") derived[record] = null;
      } else {
        (upserted[collection] ??= {})[record] = after;
        if (collection === "nodes") derived[record] = shapeOf(after);
      }
    }
    const position = this.position(id);
    const delta: Delta = {
      document: id,
      position,
      upserted,
      removed,
      problems: null,
      derived,
      undo: this.undoState(id),
    };
    const told = this.missNext ? { messages: [], missed: true } : ordered(delta);
    this.missNext = false;
    for (const { document: subscribed, channel } of this.subscriptions.values()) {
      // As the shell does: after the commit, not within the command.
      if (subscribed === id) setTimeout(() => channel.onmessage(told));
    }
    return { cids: [row.cid], position };
  }

  private noteDeletions(after: Records, person: Person): void {
    for (const [id, record] of Object.entries(this.records())) {
      if (after[id]) continue;
      const [name, kind] = [String(record.name), String(record.kind)];
      const deletion = { name, kind, person, own: person === this.user(), time: Date.now() };
      this.deletions.set(id, { deletion, record });
    }
    for (const id of Object.keys(after)) this.deletions.delete(id);
  }

  private find(query: string, limit: number): FindHit[] {
    const wanted = query.toLowerCase();
    const hits: FindHit[] = [];
    for (const document of this.all.filter(({ id }) => id in this.records())) {
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
