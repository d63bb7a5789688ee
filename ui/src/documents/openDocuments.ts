/** Every open document: its subscription, how many views hold it, and edits whose deltas have not arrived yet. */
import { createStore } from "zustand";
import type { StoreApi } from "zustand";

import { closeDocument, openDocument } from "../ipc/documents";
import { ApiFailure } from "../ipc/failure";
import type { Change, Collections, Delta, Snapshot } from "../ipc/types";
import { applyChanges, applyDelta, applyShapes } from "./apply";
import type { DocumentView } from "./document";

export interface DocumentState {
  view: DocumentView | undefined;
  failure: ApiFailure | undefined;
}

/** A gesture shown before its delta arrives. `position` is known once it is written. */
interface Overlay {
  changes: readonly Change[];
  position: bigint | undefined;
}

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
  private confirmed: Collections = {};
  private overlays: Overlay[] = [];

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

  beginEdit(changes: readonly Change[]) {
    const overlay: Overlay = { changes, position: undefined };
    this.overlays = [...this.overlays, overlay];
    this.show({});
    return {
      written: (position: string) => {
        overlay.position = BigInt(position);
        this.dropReached();
      },
      drop: () => {
        this.overlays = this.overlays.filter((other) => other !== overlay);
        this.show({});
      },
    };
  }

  stop(): void {
    clearTimeout(this.closing);
    if (!this.open) return;
    this.open = false;
    this.generation += 1;
    this.overlays = [];
    this.confirmed = {};
    this.store.setState({ view: undefined, failure: undefined });
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
      const { subscription, snapshot } = await openDocument(this.id, (delta) => {
        if (generation !== this.generation) return;
        if (ready) this.receive(delta);
        else early.push(delta);
      });
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

  private begin(snapshot: Snapshot): void {
    this.confirmed = snapshot.collections;
    this.overlays = this.overlays.filter((overlay) => !reached(overlay, snapshot.position));
    const { document: id, kind, name, shapes, problems, undo, position } = snapshot;
    const collections = this.overlaid();
    this.store.setState({
      view: { id, kind, name, collections, shapes, problems, undo, position },
      failure: undefined,
    });
  }

  private receive(delta: Delta): void {
    const { view } = this.store.getState();
    if (!view) return;
    this.confirmed = applyDelta(this.confirmed, delta.upserted, delta.removed);
    this.overlays = this.overlays.filter((overlay) => !reached(overlay, delta.position));
    this.show({
      position: delta.position,
      undo: delta.undo,
      ...(delta.problems ? { problems: delta.problems } : {}),
      shapes: applyShapes(view.shapes, delta.shapes, delta.removed.nodes ?? []),
    });
  }

  /** An edit's answer and its delta arrive in either order. */
  private dropReached(): void {
    const { view } = this.store.getState();
    if (!view) return;
    const kept = this.overlays.filter((overlay) => !reached(overlay, view.position));
    if (kept.length === this.overlays.length) return;
    this.overlays = kept;
    this.show({});
  }

  private show(changed: Partial<DocumentView>): void {
    const { view } = this.store.getState();
    if (view) this.store.setState({ view: { ...view, ...changed, collections: this.overlaid() } });
  }

  private overlaid(): Collections {
    return this.overlays.reduce((shown, overlay) => applyChanges(shown, overlay.changes), this.confirmed);
  }
}

function reached(overlay: Overlay, position: string): boolean {
  return overlay.position !== undefined && overlay.position <= BigInt(position);
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
  beginEdit: (id: string, changes: readonly Change[]) => entry(id).beginEdit(changes),
  /** Forgets every document, when the project closes. */
  clear(): void {
    for (const document of documents.values()) document.stop();
    documents.clear();
  },
};
