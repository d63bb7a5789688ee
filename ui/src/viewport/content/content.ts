/**
 * A scene's records as three draws them. Nothing in it is content: whatever the records say is shown as far as it can be, and
 * {@link SceneContent.state} says what cannot.
 */
import {
  Box3,
  Group,
  Matrix4,
  Quaternion,
  Vector3,
  type BufferGeometry,
  type Frustum,
  type Material,
  type Raycaster,
} from "three";

import type { DocumentRecords } from "../../documents/records";
import type { RecordData } from "../../ipc/types";
import { addBounds, hitsOf, isTouched, mayMeet, type Hit, type Pickable } from "../pick/pick";
import { World } from "../world/world";
import { Derivation, type ContentProblem } from "./derivation";
import { Drawn, type Drawing, type DrawnPart } from "./drawn";
import type { ObjectBytes } from "./objectBytes";
import { MARKERS } from "./marker";
import { looksOf, type SceneLooks } from "./looks";
import { Pools } from "./pools";
import { listOf, numbersOf, objectOf, extensionOf, sourceOf, textOf } from "./values";

export type { ContentProblem } from "./derivation";
export type { Hit } from "../pick/pick";
export { MARKERS } from "./marker";

/** What is drawn for an entity. */
export interface Draw {
  entity: string;
  geometry: BufferGeometry;
  material: Material;
  matrix: Matrix4;
}

/** Lights that shine at once, at most: each costs every pixel, and graphics cards take few. */
const MAX_LIGHTS = 32;

const IDENTITY = new Matrix4();

export class SceneContent {
  /** What the stage draws. */
  readonly root = new Group();
  readonly world = new World();
  /** Another number after everything that looks otherwise. */
  revision = 0;
  private records: DocumentRecords | undefined;
  /** The version of the records that is shown. */
  private version = 0;
  private readonly drawn = new Map<string, Drawn>();
  private readonly outdated = new Set<Drawn>();
  /** Those with a light, and those with a skin. */
  private readonly lit = new Set<Drawn>();
  private readonly skinned = new Set<Drawn>();
  /** Of entities, what their own records say that cannot be. */
  private readonly odd = new Map<string, string>();
  private readonly pools = new Pools(this.root);
  private readonly derivation: Derivation;
  private readonly drawing: Drawing;
  private chosen: number | undefined;
  private isWaiting = false;
  private isDisposed = false;
  private unlit = 0;
  /** Whoever waits for what is still to come. */
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly around: { bytes: ObjectBytes; changed: () => void }) {
    this.root.matrixAutoUpdate = this.root.matrixWorldAutoUpdate = false;
    this.derivation = new Derivation({
      records: () => this.records,
      objects: around.bytes,
      changed: () => this.later(),
    });
    this.drawing = {
      root: this.root,
      pools: this.pools,
      derivation: this.derivation,
      variant: undefined,
      matrix: (entity) => this.world.matrix(entity) ?? IDENTITY,
      isVisible: (entity) => this.world.isVisible(entity),
      outdated: (drawn) => this.outdated.add(drawn),
    };
  }

  /** Another reading of the document: begins anew, and keeps what is loaded. */
  show(records: DocumentRecords): void {
    this.records = records;
    this.derivation.allChanged();
    this.takeAll(records);
    this.version = records.version;
    this.settle();
  }

  /** Takes what changed in the records since. */
  sync(): void {
    const { records } = this;
    if (!records || records.version === this.version) return;
    const changed = records.changedSince(this.version);
    if (!changed) return this.show(records);
    this.version = records.version;
    for (const [collection, ids] of changed) {
      if (collection === "entities") for (const id of ids) this.take(id, records.get(collection, id));
      if (collection === "scenes") this.takeAll(records);
      this.derivation.recordsChanged(collection, ids);
    }
    this.settle();
  }

  /** Shows entities elsewhere than their records say until called again: local matrices by entity. */
  preview(locals: ReadonlyMap<string, Matrix4>): void {
    this.world.preview(locals);
    this.settle();
  }

  /** What this person hid. */
  hide(hidden: (entity: string) => boolean): void {
    this.world.hide(hidden);
    this.settle();
  }

  /** How the scene asks to be shown. */
  get looks(): SceneLooks {
    return looksOf(this.records?.get("properties", "scene"));
  }

  /** The variants that the file knows of its materials (KHR_materials_variants), in their order. */
  get variants(): string[] {
    const source = sourceOf(this.records?.get("properties", "scene"));
    const { variants } = extensionOf(source, "KHR_materials_variants") ?? {};
    return listOf(variants).map((variant, at) => textOf(objectOf(variant).name) ?? `Variant ${at}`);
  }

  get variant(): number | undefined {
    return this.chosen;
  }

  /** The variant that is shown; none is the materials that meshes have of their own. */
  set variant(variant: number | undefined) {
    this.chosen = variant;
    (this.drawing as { variant: number | undefined }).variant = variant;
    for (const drawn of this.drawn.values()) this.outdated.add(drawn);
    this.settle();
  }

  /** Of entities with what hangs below them, in the world; of all that are seen without ids. An entity that draws nothing is a point. */
  bounds(ids?: Iterable<string>): Box3 {
    const box = new Box3();
    const [point, inner] = [new Vector3(), new Matrix4()];
    const add = ({ parts, matrix }: Drawn) => {
      for (const part of parts) {
        if (!part.instances) addBounds(box, part, matrix);
        else for (const each of part.instances) addBounds(box, part, inner.multiplyMatrices(matrix, each));
      }
    };
    // Of a whole scene, what nobody sees does not count, nor do places where nothing is.
    if (!ids) for (const drawn of this.drawn.values()) if (drawn.isVisible) add(drawn);
    for (const id of ids ? this.world.below(ids) : []) {
      const [drawn, matrix] = [this.drawn.get(id), this.world.matrix(id)];
      if (drawn?.parts.length) add(drawn);
      else if (matrix) box.expandByPoint(point.setFromMatrixPosition(matrix));
    }
    if (box.isEmpty() && !ids) {
      for (const id of this.world.ids()) {
        const matrix = this.world.isVisible(id) ? this.world.matrix(id) : undefined;
        if (matrix) box.expandByPoint(point.setFromMatrixPosition(matrix));
      }
    }
    return box;
  }

  /** What a ray meets, nearest first, each entity once; signs of lights and cameras where its layers have {@link MARKERS}. */
  pick(ray: Raycaster): Hit[] {
    const hits: Hit[] = [];
    for (const drawn of this.drawn.values()) {
      if (!drawn.isVisible || !mayMeetAny(drawn, ray)) continue;
      const found = Array.from(this.pickables(drawn), (pickable) => hitsOf(pickable, ray)).flat();
      // Signs are met where the camera sees them.
      const sign = ray.layers.isEnabled(MARKERS) ? drawn.marker?.meets(ray) : undefined;
      if (sign !== undefined) {
        found.push({
          entity: drawn.entity,
          point: ray.ray.at(sign, new Vector3()),
          normal: undefined,
          distance: sign,
        });
      }
      const nearest = found.sort((a, b) => a.distance - b.distance)[0];
      if (nearest) hits.push(nearest);
    }
    return hits.sort((a, b) => a.distance - b.distance);
  }

  /** The entities that a frustum touches. */
  inBox(frustum: Frustum): string[] {
    const point = new Vector3();
    const found: string[] = [];
    for (const id of this.world.ids()) {
      const matrix = this.world.matrix(id);
      if (!matrix || !this.world.isVisible(id)) continue;
      const drawn = this.drawn.get(id);
      const isIn = drawn?.parts.length
        ? Array.from(this.pickables(drawn)).some((pickable) => isTouched(pickable, frustum))
        : frustum.containsPoint(point.setFromMatrixPosition(matrix));
      if (isIn) found.push(id);
    }
    return found;
  }

  /** What is drawn for entities, hidden ones too. */
  *draws(ids: Iterable<string>): Iterable<Draw> {
    for (const id of ids) {
      const drawn = this.drawn.get(id);
      if (!drawn) continue;
      for (const { geometry, material, matrix } of this.pickables(drawn)) {
        yield { entity: id, geometry, material, matrix };
      }
    }
  }

  /** What entities draw, part by part; for the stage. */
  *partsOf(ids: Iterable<string>): Iterable<{ part: DrawnPart; matrix: Matrix4 }> {
    for (const id of ids) {
      for (const part of this.drawn.get(id)?.parts ?? []) {
        if (this.world.isVisible(id)) yield { part, matrix: this.drawing.matrix(id) };
      }
    }
  }

  /** The lights that shine now. */
  lights(): { entity: string; light: NonNullable<Drawn["light"]> }[] {
    const found = [];
    for (const { entity, light } of this.lit) if (light?.visible) found.push({ entity, light });
    return found;
  }

  /** How much is still to come, and what could not be shown. */
  get state(): { loading: number; problems: readonly ContentProblem[] } {
    const problems = this.derivation.problems;
    for (const [id, message] of this.odd) problems.push({ collection: "entities", id, message });
    for (const { entity: id, skin } of this.skinned) {
      const joints = skin?.joints ?? [];
      const missing = joints.filter((joint) => !this.world.has(joint)).length;
      if (missing > 0) {
        problems.push({
          collection: "entities",
          id,
          message: `has a skin that misses ${missing} of its ${joints.length} joints`,
        });
      }
    }
    if (this.unlit > 0) {
      const [id] = this.lights()
        .slice(-1)
        .map(({ entity }) => entity);
      const message = `and other lights are off: ${MAX_LIGHTS} shine at once, and there are ${this.unlit} more`;
      problems.push({ collection: "entities", id: id ?? "", message });
    }
    return { loading: this.derivation.loading, problems };
  }

  /** Waits until everything has come that can; what has not arrived in the project is not waited for. */
  async loaded(): Promise<void> {
    while (this.derivation.loading > 0 && !this.isDisposed) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  dispose(): void {
    this.isDisposed = true;
    for (const drawn of this.drawn.values()) drawn.dispose();
    this.drawn.clear();
    this.lit.clear();
    this.skinned.clear();
    this.outdated.clear();
    this.pools.dispose();
    this.derivation.dispose();
    this.root.removeFromParent();
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private takeAll(records: DocumentRecords): void {
    const entities = records.all("entities");
    for (const id of [...this.world.ids()]) if (!entities.has(id)) this.take(id, undefined);
    for (const [id, record] of entities) this.take(id, record);
  }

  private take(id: string, record: RecordData | undefined): void {
    const drawn = this.drawn.get(id);
    if (!record) {
      this.world.remove(id);
      this.odd.delete(id);
      this.forget(drawn);
      return;
    }
    this.world.set(id, {
      parent: textOf(record.parent),
      local: this.localOf(id, record),
      visible: record.visible !== false && !(record.detached === true && this.hasScenes()),
    });
    if (!Drawn.isNeeded(record)) {
      this.forget(drawn);
    } else if (!drawn) {
      const made = new Drawn(id, record, this.drawing);
      this.drawn.set(id, made);
      this.outdated.add(made);
    } else if (drawn.take(record)) {
      this.outdated.add(drawn);
    }
  }

  /** What stands in no scene of its file is not seen; in a file without scenes everything is. */
  private hasScenes(): boolean {
    return (this.records?.all("scenes").size ?? 0) > 0;
  }

  private localOf(id: string, record: RecordData): Matrix4 {
    const { translation, rotation, scale, matrix } = record;
    const whole = numbersOf(matrix, 16);
    const parts = [
      [translation, numbersOf(translation, 3)],
      [rotation, numbersOf(rotation, 4)],
      [scale, numbersOf(scale, 3)],
      [matrix, whole],
    ];
    const isOdd = parts.some(([said, read]) => said !== undefined && !read);
    if (isOdd) this.odd.set(id, "has a place that is no numbers; it stands as if that were not there");
    else this.odd.delete(id);
    if (whole) return new Matrix4().fromArray(whole);
    const turn = new Quaternion().fromArray(numbersOf(rotation, 4) ?? [0, 0, 0, 1]);
    return new Matrix4().compose(
      new Vector3().fromArray(numbersOf(translation, 3) ?? [0, 0, 0]),
      turn.lengthSq() > 0 ? turn.normalize() : turn.identity(),
      new Vector3().fromArray(numbersOf(scale, 3) ?? [1, 1, 1]),
    );
  }

  /** Something arrived: once for all that arrives together. */
  private later(): void {
    if (this.isWaiting) return;
    this.isWaiting = true;
    queueMicrotask(() => {
      this.isWaiting = false;
      if (!this.isDisposed) this.settle();
    });
  }

  /** Brings what is drawn up to date. */
  private settle(): void {
    this.derivation.update();
    const moved = this.world.update();
    const outdated = [...this.outdated];
    this.outdated.clear();
    for (const drawn of outdated) if (this.drawn.get(drawn.entity) === drawn) this.draw(drawn);
    for (const id of moved) this.drawn.get(id)?.place();
    this.placeBones();
    this.limitLights();
    this.pools.flush();
    this.derivation.sweep();
    this.revision += 1;
    for (const resolve of this.waiting.splice(0)) resolve();
    this.around.changed();
  }

  private draw(drawn: Drawn): void {
    drawn.draw();
    if (drawn.light) this.lit.add(drawn);
    else this.lit.delete(drawn);
    if (drawn.skin) this.skinned.add(drawn);
    else this.skinned.delete(drawn);
  }

  private forget(drawn: Drawn | undefined): void {
    if (!drawn) return;
    drawn.dispose();
    this.drawn.delete(drawn.entity);
    this.lit.delete(drawn);
    this.skinned.delete(drawn);
  }

  private placeBones(): void {
    for (const { skin } of this.skinned) {
      skin?.joints.forEach((joint, at) => {
        const bone = skin.skeleton.bones[at];
        if (bone) bone.matrixWorld = this.world.matrix(joint) ?? IDENTITY;
      });
    }
  }

  private limitLights(): void {
    this.unlit = 0;
    let shining = 0;
    for (const { light, isVisible } of this.lit) {
      if (!light || !isVisible) continue;
      shining += 1;
      light.visible = shining <= MAX_LIGHTS;
      if (!light.visible) this.unlit += 1;
    }
  }

  private *pickables({ entity, parts, matrix }: Drawn): Iterable<Pickable> {
    for (const { geometry, material, shape, object, instances } of parts) {
      const own = { entity, geometry, material, shape, object };
      if (!instances) yield { ...own, matrix };
      else for (const each of instances) yield { ...own, matrix: matrix.clone().multiply(each) };
    }
  }
}

/** What bends or stands for many, and signs, are looked at closely. */
function mayMeetAny({ parts, marker, matrix }: Drawn, ray: Raycaster): boolean {
  if (marker) return true;
  for (const { object, geometry } of parts) if (object || mayMeet(geometry, matrix, ray)) return true;
  return false;
}
