/**
 * Entities that draw the same geometry with the same material are drawn at once: as one mesh while there is one of them, as
 * three's InstancedMesh from two on.
 */
import {
  DynamicDrawUsage,
  InstancedMesh,
  Matrix4,
  Mesh,
  type BufferGeometry,
  type Material,
  type Object3D,
} from "three";

/** A place in a pool; it is lost when it is given back. */
export interface Slot {
  pool: Pool;
  index: number;
}

const SMALLEST = 16;
/** Turns a mirrored matrix into one that is not, and back. */
const MIRROR = new Matrix4().makeScale(-1, 1, 1);
const scratch = new Matrix4();

class Pool {
  readonly slots: Slot[] = [];
  object: Mesh | InstancedMesh | undefined;
  isChanged = false;

  constructor(
    readonly key: string,
    readonly geometry: BufferGeometry,
    readonly material: Material,
    readonly isMirrored: boolean,
  ) {}

  write(index: number, matrix: Matrix4): void {
    this.isChanged = true;
    const { object } = this;
    if (object instanceof InstancedMesh) {
      const turned = this.isMirrored ? scratch.multiplyMatrices(MIRROR, matrix) : matrix;
      object.setMatrixAt(index, turned);
      object.instanceMatrix.addUpdateRange(index * 16, 16);
    } else {
      object?.matrixWorld.copy(matrix);
    }
  }
}

export class Pools {
  private readonly pools = new Map<string, Pool>();
  private readonly changed = new Set<Pool>();

  constructor(private readonly parent: Object3D) {}

  /** How many things are drawn. */
  get size(): number {
    return this.pools.size;
  }

  /** Draws one more of them. */
  add(geometry: BufferGeometry, material: Material, matrix: Matrix4): Slot {
    // Three finds from the matrix of the whole which side of a triangle is outside: mirrored ones are apart.
    const isMirrored = matrix.determinantAffine() < 0;
    const key = `${geometry.id} ${material.id} ${isMirrored ? "mirrored" : ""}`;
    let pool = this.pools.get(key);
    if (!pool) this.pools.set(key, (pool = new Pool(key, geometry, material, isMirrored)));
    const slot = { pool, index: pool.slots.length };
    pool.slots.push(slot);
    this.makeRoom(pool);
    pool.write(slot.index, matrix);
    this.changed.add(pool);
    return slot;
  }

  /** Draws it elsewhere. The answer is its slot from now on. */
  move(slot: Slot, matrix: Matrix4): Slot {
    const { pool, index } = slot;
    if (matrix.determinantAffine() < 0 !== pool.isMirrored) {
      this.remove(slot);
      return this.add(pool.geometry, pool.material, matrix);
    }
    pool.write(index, matrix);
    this.changed.add(pool);
    return slot;
  }

  remove({ pool, index }: Slot): void {
    const last = pool.slots.pop();
    if (last && last.index !== index && pool.object instanceof InstancedMesh) {
      pool.object.getMatrixAt(last.index, scratch);
      if (pool.isMirrored) scratch.premultiply(MIRROR);
      last.index = index;
      pool.slots[index] = last;
      pool.write(index, scratch.clone());
    }
    this.changed.add(pool);
  }

  /** Tells three what changed. */
  flush(): void {
    for (const pool of this.changed) {
      if (pool.slots.length === 0) {
        this.discard(pool);
        this.pools.delete(pool.key);
      } else if (pool.object instanceof InstancedMesh) {
        pool.object.count = pool.slots.length;
        pool.object.instanceMatrix.needsUpdate = true;
      }
    }
    this.changed.clear();
  }

  dispose(): void {
    for (const pool of this.pools.values()) this.discard(pool);
    this.pools.clear();
    this.changed.clear();
  }

  private makeRoom(pool: Pool): void {
    const { object, slots } = pool;
    if (slots.length === 1) {
      if (!object) this.put(pool, new Mesh(pool.geometry, pool.material));
      return;
    }
    const room = object instanceof InstancedMesh ? object.instanceMatrix.count : 1;
    if (slots.length <= room) return;
    const grown = new InstancedMesh(pool.geometry, pool.material, Math.max(SMALLEST, room * 2));
    grown.instanceMatrix.setUsage(DynamicDrawUsage);
    // Where they stand is known to the graphics card only: all are drawn or none.
    grown.frustumCulled = false;
    if (object instanceof InstancedMesh) grown.instanceMatrix.array.set(object.instanceMatrix.array);
    else if (object)
      grown.setMatrixAt(
        0,
        pool.isMirrored ? scratch.multiplyMatrices(MIRROR, object.matrixWorld) : object.matrixWorld,
      );
    if (pool.isMirrored) grown.matrixWorld.copy(MIRROR);
    this.discard(pool);
    this.put(pool, grown);
  }

  private put(pool: Pool, object: Mesh): void {
    object.matrixAutoUpdate = object.matrixWorldAutoUpdate = false;
    object.castShadow = object.receiveShadow = true;
    pool.object = object;
    this.parent.add(object);
  }

  private discard(pool: Pool): void {
    pool.object?.removeFromParent();
    if (pool.object instanceof InstancedMesh) pool.object.dispose();
    pool.object = undefined;
  }
}
