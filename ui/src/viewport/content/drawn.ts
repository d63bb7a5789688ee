/** What one entity draws: its mesh's parts, in pools or alone, its light, and the sign of that or of its camera. */
import {
  InstancedMesh,
  LineSegments,
  Matrix4,
  Mesh,
  Points,
  SkinnedMesh,
  type Material,
  type Object3D,
} from "three";

import type { RecordData } from "../../ipc/types";
import type { Derivation, Follower, Rule } from "./derivation";
import { INSTANCES, isInstanced } from "./instances";
import { LIGHT, disposeLight, lightOf, placeLight, type PunctualLight } from "./light";
import { MARKER, Marker, type MarkerKind } from "./marker";
import { MESH, meshKey, type Part } from "./mesh";
import type { Pools, Slot } from "./pools";
import { SKIN, type Skin } from "./skin";
import { listOf, numbersOf, textOf } from "./values";

/** What entities are drawn into and from. */
export interface Drawing {
  readonly root: Object3D;
  readonly pools: Pools;
  readonly derivation: Derivation;
  readonly variant: number | undefined;
  /** An entity's world matrix and whether it is seen. */
  matrix(entity: string): Matrix4;
  isVisible(entity: string): boolean;
  /** Something that an entity draws is another. */
  outdated(drawn: Drawn): void;
}

/** A part of an entity's mesh: in a pool, or drawn by an object of its own. */
export interface DrawnPart extends Part {
  slot: Slot | undefined;
  object: Object3D | undefined;
  /** Where it stands in the entity's space, once for each of its instances; none for once, where the entity is. */
  instances: readonly Matrix4[] | undefined;
}

const IDENTITY = new Matrix4();

export class Drawn implements Follower {
  parts: readonly DrawnPart[] = [];
  light: PunctualLight | undefined;
  marker: Marker | undefined;
  skin: Skin | undefined;
  /** Where its entity is, and whether it is seen, as it is drawn. */
  matrix = IDENTITY;
  isVisible = false;
  private held: { rule: Rule<unknown>; key: string }[] = [];

  constructor(
    readonly entity: string,
    private record: RecordData,
    private readonly drawing: Drawing,
  ) {}

  /** Whether a record draws anything but its place. */
  static isNeeded({ mesh, light, camera }: RecordData): boolean {
    return mesh !== undefined || light !== undefined || camera !== undefined;
  }

  outdated(): void {
    this.drawing.outdated(this);
  }

  /** Takes another record, and answers whether it draws otherwise. */
  take(record: RecordData): boolean {
    const before = this.record;
    this.record = record;
    const isOther = (field: string) => !isSame(before[field], record[field]);
    return (
      ["mesh", "skin", "light", "camera", "weights"].some(isOther) ||
      ((isInstanced(before.source) || isInstanced(record.source)) && isOther("source"))
    );
  }

  /** Draws it anew, as its record and what that names are now. */
  draw(): void {
    const before = this.held;
    this.held = [];
    this.drawParts();
    const light = textOf(this.record.light);
    const said = light === undefined ? undefined : this.hold(LIGHT, light);
    const now = said && lightOf(said, this.light);
    if (this.light && this.light !== now) disposeLight(this.light);
    this.light = now;
    if (now && !now.parent) this.drawing.root.add(now);
    this.drawMarker(now && (said?.kind as MarkerKind));
    // What is still used is held before it is let go.
    for (const { rule, key } of before) {
      const isHeld = this.held.some((held) => held.rule === rule && held.key === key);
      if (!isHeld) this.drawing.derivation.release(rule, key, this);
    }
    this.place();
  }

  /** Its world matrix, or whether it is seen, is another. */
  place(): void {
    const { drawing, entity } = this;
    const matrix = (this.matrix = drawing.matrix(entity));
    const isVisible = (this.isVisible = drawing.isVisible(entity));
    for (const part of this.parts) {
      if (part.object) {
        part.object.visible = isVisible;
        if (!(part.object instanceof SkinnedMesh)) part.object.matrixWorld.copy(matrix);
      } else if (!isVisible) {
        if (part.slot) drawing.pools.remove(part.slot);
        part.slot = undefined;
      } else {
        part.slot = part.slot
          ? drawing.pools.move(part.slot, matrix)
          : drawing.pools.add(part.geometry, part.material, matrix);
      }
    }
    if (this.light) {
      this.light.visible = isVisible;
      placeLight(this.light, matrix);
    }
    if (this.marker) {
      this.marker.visible = isVisible;
      this.marker.place(matrix);
    }
  }

  dispose(): void {
    this.undraw();
    this.marker?.removeFromParent();
    if (this.light) disposeLight(this.light);
    for (const { rule, key } of this.held) this.drawing.derivation.release(rule, key, this);
    this.held = [];
  }

  private drawMarker(light: MarkerKind | undefined): void {
    this.marker?.removeFromParent();
    const kind = light ?? (typeof this.record.camera === "string" ? "camera" : undefined);
    this.marker = kind && new Marker(this.hold(MARKER, kind));
    if (this.marker) this.drawing.root.add(this.marker);
  }

  private drawParts(): void {
    this.undraw();
    const { mesh, skin, weights, source } = this.record;
    this.skin = undefined;
    if (typeof mesh !== "string") return;
    const { parts, weights: usual } = this.hold(MESH, meshKey(mesh, this.drawing.variant));
    this.skin = typeof skin === "string" ? this.hold(SKIN, skin) : undefined;
    const instances = isInstanced(source) ? this.hold(INSTANCES, this.entity) : undefined;
    const own = numbersOf(weights, listOf(weights).length) ?? [];
    this.parts = parts.map((part) => {
      const object = this.objectOf(part, instances, own.length > 0 ? own : usual);
      if (object) {
        object.matrixAutoUpdate = object.matrixWorldAutoUpdate = false;
        object.castShadow = !part.material.transparent;
        object.receiveShadow = true;
        this.drawing.root.add(object);
      }
      return { ...part, object, slot: undefined, instances };
    });
  }

  /** An object of its own, for what no pool can draw. */
  private objectOf(
    { geometry, material, shape }: Part,
    instances: readonly Matrix4[] | undefined,
    weights: readonly number[],
  ): Object3D | undefined {
    if (shape === "points") return new Points(geometry, material);
    if (shape !== "triangles") return new LineSegments(geometry, material);
    if (instances) {
      const many = new InstancedMesh(geometry, material, Math.max(instances.length, 1));
      many.count = instances.length;
      many.frustumCulled = false;
      instances.forEach((matrix, at) => many.setMatrixAt(at, matrix));
      return many;
    }
    const isSkinned = this.skin && geometry.hasAttribute("skinIndex");
    const isMorphed = Object.keys(geometry.morphAttributes).length > 0;
    if (!isSkinned && !isMorphed && !material.transparent) return undefined;
    const mesh = isSkinned ? this.skinned(geometry, material) : new Mesh(geometry, material);
    if (isMorphed) {
      mesh.updateMorphTargets();
      mesh.morphTargetInfluences = mesh.morphTargetInfluences?.map((_, at) => weights[at] ?? 0) ?? [];
      mesh.frustumCulled = false;
    }
    return mesh;
  }

  /** Joints alone say where a skinned mesh stands: glTF 2.0, section 3.7.3.1. */
  private skinned(geometry: Part["geometry"], material: Material): SkinnedMesh {
    const mesh = new SkinnedMesh(geometry, material);
    if (this.skin) mesh.bind(this.skin.skeleton, IDENTITY);
    mesh.frustumCulled = false;
    return mesh;
  }

  private undraw(): void {
    for (const { object, slot } of this.parts) {
      if (slot) this.drawing.pools.remove(slot);
      object?.removeFromParent();
      if (object instanceof InstancedMesh) object.dispose();
    }
    this.parts = [];
  }

  private hold<T>(rule: Rule<T>, key: string): T {
    this.held.push({ rule: rule as Rule<unknown>, key });
    return this.drawing.derivation.hold(rule, key, this);
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === "object" && JSON.stringify(a) === JSON.stringify(b));
}
