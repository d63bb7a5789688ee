/** Every open document: its subscription, how many views hold it, and edits whose deltas have not arrived yet. */
import { createStore } from "zustand";
import type { StoreApi } from "zustand";

import { closeDocument, openDocument } from "../ipc/documents";
import { ApiFailure } from "../ipc/failure";
import { nextFrame } from "../ipc/frame";
import type { Change, Delta, Problem, RecordData, Snapshot, UndoState } from "../ipc/types";
import type { DocumentView } from "./document";
import { DocumentRecords, keyOf } from "./records";
import type { Overlay } from "./records";
import { beginWriting } from "./writing";

export interface DocumentState {
  view: DocumentView | undefined;
  failure: ApiFailure | undefined;
}

/** A gesture shown before its delta arrives. `position` is known once it is written. */
interface Gesture extends Overlay {
  position: bigint | undefined;
}

/** What a view says of the document besides its records. */
interface Facts {
  kind: string;
  name: string;
  problems: readonly Problem[];
  undo: UndoState;
  position: string;
}

type Listener = () => void;

/** A view that moves between panels unmounts and mounts again; do not close the document in between. */
const CLOSE_DELAY = 1000;

class OpenDocument {
  readonly store: StoreApi<DocumentState> = createStore(() => ({ view: undefined, failure: undefined }));
  private holders = 0;
  private closing: ReturnType<typeof setTimeout> | undefined;
  /** Bumped on each opening and closing: answers and deltas of an older one are not ours any more. */
  private generation = 0;
  private open = false;
  private subscription: number | undefined;
  private records: DocumentRecords | undefined;
  private facts: Facts | undefined;
  private gestures: Gesture[] = [];
  /** Deltas of this frame: they are shown together. */
  private arrived: Delta[] = [];
  private stopWaiting: (() => void) | undefined;
  /** Up to which change of the records everybody was told. */
  private told = 0;
  /** By record. */
  private readonly listeners = new Map<string, Set<Listener>>();

  constructor(private readonly id: string) {}

  hold(): () => void {
    this.holders += 1;
    clearTimeout(this.closing);
    if (!this.open) void this.start();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.holders -= 1;
      if (this.holders === 0) this.closing = setTimeout(() => this.stop(), CLOSE_DELAY);
    };
  }

  record(collection: string, id: string): RecordData | undefined {
    return this.records?.get(collection, id);
  }

  /** The record with all that has arrived, shown yet or not. */
  newest(collection: string, id: string): RecordData | undefined {
    if (this.arrived.length > 0) this.flush();
    return this.record(collection, id);
  }

  /** Calls back when a record was put, changed or removed, and for no other's sake. */
  listen(collection: string, id: string, listener: Listener): () => void {
    const key = keyOf(collection, id);
    const listeners = this.listeners.get(key) ?? new Set();
    this.listeners.set(key, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.listeners.get(key) === listeners) this.listeners.delete(key);
    };
  }

  beginEdit(changes: readonly Change[]) {
    const gesture: Gesture = { changes, position: undefined };
    this.gestures = [...this.gestures, gesture];
    this.records?.lay(gesture);
    this.flush();
    return {
      written: (position: string) => {
        gesture.position = BigInt(position);
        if (this.liftReached()) this.flush();
      },
      drop: () => {
        this.gestures = this.gestures.filter((other) => other !== gesture);
        this.records?.lift(gesture);
        this.flush();
      },
    };
  }

  stop(): void {
    clearTimeout(this.closing);
    if (!this.open) return;
    this.open = false;
    this.generation += 1;
    this.gestures = [];
    this.arrived = [];
    this.stopWaiting?.();
    this.stopWaiting = undefined;
    this.records = undefined;
    this.facts = undefined;
    this.store.setState({ view: undefined, failure: undefined });
    this.tellAll();
    const { subscription } = this;
    this.subscription = undefined;
    // A project that closed has taken its subscriptions along: then there is nothing left to close.
    if (subscription !== undefined) closeDocument(subscription).catch(() => undefined);
  }

  private async start(): Promise<void> {
    this.open = true;
    this.generation += 1;
    const generation = this.generation;
    // Deltas may overtake the snapshot's answer.
    const early: Delta[] = [];
    let ready = false;
    try {
      const { subscription, snapshot } = await openDocument(
        this.id,
        (delta) => {
          if (generation !== this.generation) return;
          if (ready) this.receive(delta);
          else early.push(delta);
        },
        () => {
          if (generation === this.generation) this.openAnew();
        },
      );
      if (generation !== this.generation) {
        closeDocument(subscription).catch(() => undefined);
        return;
      }
      this.subscription = subscription;
      this.begin(snapshot);
      ready = true;
      for (const delta of early) {
        if (BigInt(delta.position) > BigInt(snapshot.position)) this.receive(delta);
      }
    } catch (thrown) {
      if (generation !== this.generation) return;
      this.open = false;
      this.store.setState({ view: undefined, failure: ApiFailure.from(thrown) });
    }
  }

  /** Not all that changed was told. What is shown stays until it has been read again. */
  private openAnew(): void {
    const { subscription } = this;
    this.subscription = undefined;
    this.arrived = [];
    if (subscription !== undefined) closeDocument(subscription).catch(() => undefined);
    void this.start();
  }

  private begin(snapshot: Snapshot): void {
    const { kind, name, problems, undo, position } = snapshot;
    this.records = new DocumentRecords(snapshot);
    this.facts = { kind, name, problems, undo, position };
    this.gestures = this.gestures.filter((gesture) => !reached(gesture, position));
    for (const gesture of this.gestures) this.records.lay(gesture);
    this.told = this.records.version;
    this.show({ failure: undefined });
    this.tellAll();
  }

  /** Shown with the next frame, together with what else comes until then. */
  private receive(delta: Delta): void {
    this.arrived.push(delta);
    this.stopWaiting ??= nextFrame(() => this.flush());
  }

  /** Shows everything that changed, and tells whoever asked for it. */
  private flush(): void {
    this.stopWaiting?.();
    this.stopWaiting = undefined;
    const { records, facts } = this;
    if (!records || !facts) return;
    for (const delta of this.arrived) {
      records.confirm(delta);
      const { position, undo, problems } = delta;
      this.facts = { ...facts, position, undo, problems: problems ?? this.facts?.problems ?? [] };
    }
    this.arrived = [];
    this.liftReached();
    this.show({});
    const changed = records.changedSince(this.told);
    this.told = records.version;
    if (!changed) {
      this.tellAll();
      return;
    }
    for (const [collection, ids] of changed) {
      for (const id of ids) this.tell(keyOf(collection, id));
    }
  }

  /** An edit's answer and its delta arrive in either order. Whether one that was shown is confirmed now. */
  private liftReached(): boolean {
    const { records, facts } = this;
    if (!records || !facts) return false;
    const confirmed = this.gestures.filter((gesture) => reached(gesture, facts.position));
    for (const gesture of confirmed) records.lift(gesture);
    this.gestures = this.gestures.filter((gesture) => !confirmed.includes(gesture));
    return confirmed.length > 0;
  }

  private show(changed: Partial<DocumentState>): void {
    const { records, facts } = this;
    if (records && facts) this.store.setState({ view: viewOf(this.id, records, facts), ...changed });
  }

  private tell(key: string): void {
    this.listeners.get(key)?.forEach((listener) => listener());
  }

  private tellAll(): void {
    for (const key of [...this.listeners.keys()]) this.tell(key);
  }
}

/** A view of the records as they are; whole collections are made into objects when somebody reads them. */
function viewOf(id: string, records: DocumentRecords, facts: Facts): DocumentView {
  const collections = {};
  for (const name of records.names()) {
    Object.defineProperty(collections, name, { enumerable: true, get: () => records.object(name) });
  }
  return {
    ...facts,
    id,
    records,
    collections,
  };
}

function reached({ position: written }: Gesture, position: string): boolean {
  return written !== undefined && written <= BigInt(position);
}

const documents = new Map<string, OpenDocument>();

function entry(id: string): OpenDocument {
  let document = documents.get(id);
  if (!document) {
    document = new OpenDocument(id);
    documents.set(id, document);
  }
  return document;
}

export const openDocuments = {
  store: (id: string) => entry(id).store,
  hold: (id: string) => entry(id).hold(),
  record: (id: string, collection: string, record: string) => entry(id).record(collection, record),
  newest: (id: string, collection: string, record: string) => entry(id).newest(collection, record),
  listen: (id: string, collection: string, record: string, listener: Listener) =>
    entry(id).listen(collection, record, listener),
  beginEdit: (id: string, changes: readonly Change[]) => entry(id).beginEdit(changes),
  /** Forgets every document, when the project closes. */
  clear(): void {
    for (const document of documents.values()) document.stop();
    documents.clear();
    beginWriting();
  },
};
