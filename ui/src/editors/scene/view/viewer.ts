/** The viewport of one scene: its picture, where one looks from, and what is where in it. */
import { Raycaster, Vector3 } from "three";

import { documentStore } from "../../../documents/document";
import { textOf } from "../../../documents/reading";
import { select } from "../../../documents/selection";
import type { SelectMode } from "../../../documents/selection";
import type { RecordData } from "../../../ipc/types";
import { stopFollowing } from "../../../presence/follow";
import { Eye, lensOf } from "../../../viewport/camera/lens";
import type { Lens } from "../../../viewport/camera/lens";
import { Picture } from "../../../viewport/camera/picture";
import { between, framed, viewFrom } from "../../../viewport/camera/view";
import type { At, View } from "../../../viewport/camera/view";
import { objectBytes } from "../../../viewport/content/objectBytes";
import { MARKERS, SceneContent } from "../../../viewport/content/content";
import { Stage } from "../../../viewport/stage/stage";
import { keepView, keptView } from "../../../workspace/place";
import { ancestors } from "../entityTree";
import type { Entities } from "../entityTree";
import { isLocked } from "../locked";
import { createViewStore, kept } from "./state";
import type { ViewState } from "./state";

/** How long it takes to go from one view to another, in seconds. */
const SMOOTH = 0.18;
const NO_ENTITIES: Entities = new Map();

export class Viewer {
  readonly store;
  content: SceneContent;
  stage: Stage | undefined;
  /** Where the pointer was last, over the picture. */
  pointer: At | undefined;
  private canvas: HTMLCanvasElement | undefined;
  private readonly eye = new Eye();
  /** Whether one has looked at something already; until then all that comes is framed. */
  private hasLooked: boolean;
  private stopGoing: (() => void) | undefined;
  private isTelling = false;
  private isOver = false;

  constructor(readonly document: string) {
    const before = keptView(document);
    this.store = createViewStore(before);
    this.hasLooked = before !== undefined;
    this.content = this.newContent();
    this.store.subscribe((now, then) => this.stateChanged(now, then));
    this.hideOwn();
  }

  /** Draws on a canvas until the answer is called, which also lets go what it holds. Where that cannot be, the store says why. */
  draw(canvas: HTMLCanvasElement): () => void {
    if (this.isOver) this.content = this.newContent();
    this.isOver = false;
    this.canvas = canvas;
    try {
      this.stage = new Stage(canvas);
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      this.store.setState({ failure: why });
      return () => this.end();
    }
    this.stage.show(this.content);
    this.applyTools();
    this.aim();
    return () => this.end();
  }

  /** The records as they are now. */
  get entities(): Entities {
    return documentStore(this.document).getState().view?.records.all("entities") ?? NO_ENTITIES;
  }

  record(collection: string, id: string): RecordData | undefined {
    return documentStore(this.document).getState().view?.records.get(collection, id);
  }

  nameOf(id: string): string {
    return textOf(this.record("entities", id), "name") || "Entity";
  }

  resize(width: number, height: number): void {
    const { size } = this.store.getState();
    if (size.width === width && size.height === height) return;
    this.stage?.resize(width, height);
    this.store.setState({ size: { width, height } });
    this.frameFirst();
  }

  /** Goes to a view that somebody asked for. */
  look(view: View, smooth = false): void {
    stopFollowing();
    this.lookAlong(view, smooth);
  }

  /** Shows a view; where movement is unwanted, at once. */
  lookAlong(view: View, smooth = false): void {
    this.hasLooked = true;
    this.stopGoing?.();
    const from = this.store.getState().view;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!smooth || still || !this.stage || from.through !== null) {
      this.store.setState({ view });
      return;
    }
    let gone = 0;
    this.stopGoing = this.stage.animate((seconds) => {
      gone = Math.min(gone + seconds / SMOOTH, 1);
      this.store.setState({ view: gone === 1 ? view : between(from, view, 1 - (1 - gone) ** 3) });
      return gone < 1;
    });
  }

  /** Of one's own eye: leaves a camera that one looked through where it is. */
  ownView(): View {
    const { view } = this.store.getState();
    if (view.through === null) return view;
    const pose = this.content.world.matrix(view.through);
    return pose ? viewFrom(pose, view.distance, view.projection) : { ...view, through: null };
  }

  /** Frames entities, or everything. */
  frame(ids?: readonly string[], smooth = true): void {
    const box = this.content.bounds(ids);
    this.look(framed({ ...this.ownView(), through: null }, box, this.store.getState().size), smooth);
  }

  /** Moves only where they are out of sight. */
  glance(ids: readonly string[]): void {
    const { size } = this.store.getState();
    const center = this.content.bounds(ids).getCenter(new Vector3());
    const at = this.picture().at(center);
    const isSeen = at && at.x > 0 && at.y > 0 && at.x < size.width && at.y < size.height;
    if (!isSeen) this.frame(ids);
  }

  picture(): Picture {
    const { view, size } = this.store.getState();
    const through = view.through === null ? undefined : this.lensOf(view.through);
    const pose = through && view.through !== null ? this.content.world.matrix(view.through) : undefined;
    const camera = pose && through ? this.eye.lookThrough(pose, through, size) : this.eye.look(view, size, 0);
    return new Picture(camera, size);
  }

  /** What the camera of an entity says; undefined where it carries none. */
  lensOf(id: string): Lens | undefined {
    const camera = this.record("cameras", textOf(this.record("entities", id), "camera"));
    return camera && lensOf(camera);
  }

  select(ids: readonly string[], mode: SelectMode = "replace"): void {
    const refs = ids.map((id) => ({ collection: "entities", id }));
    select(this.document, refs, mode);
  }

  /** Whether a click takes an entity. */
  isPickable = (id: string): boolean => !isLocked(this.entities.get(id));

  /** Everything under a place, nearest first; lights and cameras by their signs. */
  under(at: At): string[] {
    const caster = this.picture().aim(new Raycaster(), at);
    caster.layers.enable(MARKERS);
    return this.content.pick(caster).map(({ entity }) => entity);
  }

  /** The entities in a rectangle. */
  inBox(from: At, to: At): string[] {
    return this.content.inBox(this.picture().frustum(from, to)).filter(this.isPickable);
  }

  /** A place of the picture, on the page. */
  onPage({ x, y }: At): At {
    const box = this.canvas?.getBoundingClientRect();
    return { x: x + (box?.x ?? 0), y: y + (box?.y ?? 0) };
  }

  private newContent(): SceneContent {
    return new SceneContent({ bytes: objectBytes, changed: () => this.contentChanged() });
  }

  private end(): void {
    this.isOver = true;
    this.stopGoing?.();
    this.content.dispose();
    this.stage?.dispose();
    this.stage = this.canvas = undefined;
  }

  private stateChanged(now: ViewState, then: ViewState): void {
    if (now.view !== then.view || now.size !== then.size) this.aim();
    if (now.tools !== then.tools) this.applyTools();
    if (now.hidden !== then.hidden || now.solo !== then.solo) this.hideOwn();
    const isKept = (["view", "tools", "hidden", "solo"] as const).some((key) => now[key] !== then[key]);
    if (isKept && this.hasLooked) keepView(this.document, kept(now));
  }

  private aim(): void {
    if (!this.stage) return;
    this.stage.camera = this.picture().camera;
    this.stage.invalidate();
  }

  private applyTools(): void {
    const { shading, grid } = this.store.getState().tools;
    this.stage?.look({ shading, grid });
  }

  private hideOwn(): void {
    const { hidden, solo } = this.store.getState();
    const below = (id: string, set: ReadonlySet<string>) =>
      set.has(id) || ancestors(this.entities, id).some((ancestor) => set.has(ancestor));
    this.content.hide((id) => {
      if (hidden.size > 0 && below(id, hidden)) return true;
      return solo.size > 0 && !below(id, solo);
    });
  }

  /** Once for everything that changed together. */
  private contentChanged(): void {
    this.stage?.invalidate();
    if (this.isTelling) return;
    this.isTelling = true;
    queueMicrotask(() => {
      this.isTelling = false;
      if (this.isOver) return;
      const { loading, problems } = this.content.state;
      this.store.setState({ revision: this.content.revision, loading, problems });
      this.frameFirst();
      if (this.store.getState().view.through !== null) this.aim();
    });
  }

  /** Frames all that comes until it is there; a tab that stands behind others has no size yet. */
  private frameFirst(): void {
    const { view, size } = this.store.getState();
    if (this.hasLooked || size.width === 0) return;
    this.store.setState({ view: framed(view, this.content.bounds(), size) });
    if (this.content.state.loading === 0 && this.entities.size > 0) this.hasLooked = true;
  }
}
