/** Primitives of meshes as three's geometries: glTF 2.0, section 3.7.2. */
import { BoxGeometry, BufferAttribute, BufferGeometry, EdgesGeometry, Sphere, Vector3 } from "three";

import { readAccessor, saidBounds, type Components, type Elements } from "./accessor";
import type { Reading, Rule } from "./derivation";
import { numberOf, objectOf, listOf, textOf, type Json } from "./values";

/** What a primitive is drawn as. `box`: stands where the geometry is that has not arrived or cannot be read. */
export type Shape = "triangles" | "lines" | "points" | "box";

export interface Primitive {
  geometry: BufferGeometry;
  shape: Shape;
  /** What is wrong with it, each as a sentence that follows the name of its mesh. */
  problems: readonly string[];
}

/** The attributes that three knows, by what glTF calls them. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  POSITION: "position",
  NORMAL: "normal",
  TANGENT: "tangent",
  TEXCOORD_0: "uv",
  TEXCOORD_1: "uv1",
  TEXCOORD_2: "uv2",
  TEXCOORD_3: "uv3",
  COLOR_0: "color",
  JOINTS_0: "skinIndex",
  WEIGHTS_0: "skinWeight",
};

/** How many components each has, at most and at least. */
const SIZES: Readonly<Record<string, readonly number[]>> = {
  position: [3],
  normal: [3],
  tangent: [4],
  color: [3, 4],
  skinIndex: [4],
  skinWeight: [4],
};

/** Of a mesh more parts than this are moved by no key. */
const MAX_TARGETS = 256;

/** A geometry by {@link geometryKey}; undefined while its bytes are on their way. */
export const GEOMETRY: Rule<Primitive | undefined> = {
  name: "geometry",
  level: 1,
  make(key, read) {
    const primitive = objectOf(JSON.parse(key));
    const problems: string[] = [];
    const made = geometryOf(primitive, read, (message) => void problems.push(message));
    if (made) return { ...made, problems };
    if (read.waits === "loading") return undefined;
    return { geometry: boxOf(read, objectOf(primitive.attributes).POSITION), shape: "box", problems };
  },
  drop: (primitive) => primitive?.geometry.dispose(),
};

/** What a primitive's geometry is made of: those of meshes that are made of the same are one. */
export function geometryKey({ attributes, indices, mode, targets }: Json): string {
  return JSON.stringify({ attributes, indices, mode, targets });
}

function geometryOf(
  primitive: Json,
  read: Reading,
  problem: (message: string) => void,
): Pick<Primitive, "geometry" | "shape"> | undefined {
  const attributes = objectOf(primitive.attributes);
  const accessor = textOf(attributes.POSITION);
  const positions = accessor === undefined ? undefined : readAccessor(read, accessor);
  if (accessor === undefined) problem("has a primitive without positions, which draws nothing");
  if (!positions) return undefined;
  if (positions.size !== 3) {
    problem("has positions that are not of three numbers");
    return undefined;
  }
  const geometry = new BufferGeometry();
  const finite = finiteOf(positions);
  if (finite.isOther) problem("has positions that are no numbers; they stand at 0");
  geometry.setAttribute("position", attributeOf(finite));
  for (const [name, id] of Object.entries(attributes)) {
    const known = ATTRIBUTES[name];
    if (known === undefined || known === "position" || typeof id !== "string") continue;
    const elements = readAccessor(read, id);
    if (!elements) continue;
    const sizes = SIZES[known] ?? [2];
    if (elements.count !== positions.count || !sizes.includes(elements.size)) {
      problem(`has ${name} that does not fit its positions; it is left out`);
    } else {
      geometry.setAttribute(known, attributeOf(elements));
    }
  }
  if (geometry.hasAttribute("skinIndex") !== geometry.hasAttribute("skinWeight")) {
    geometry.deleteAttribute("skinIndex");
    geometry.deleteAttribute("skinWeight");
  }
  addTargets(geometry, listOf(primitive.targets), read, problem);
  let order: Components | undefined;
  if (typeof primitive.indices === "string") {
    const indices = readAccessor(read, primitive.indices);
    if (indices && indices.size === 1 && !(indices.array instanceof Float32Array)) order = indices.array;
    else if (indices) problem("has indices that are no whole numbers; its vertices are drawn in their order");
  }
  if (read.waits !== "no") return undefined;
  const mode = numberOf(primitive.mode) ?? 4;
  const { index, dropped } = indexOf(order, positions.count, mode);
  if (dropped > 0) {
    problem(`names vertices that are not there in ${dropped} of its parts, which are left out`);
  }
  if (index) geometry.setIndex(new BufferAttribute(index, 1));
  // Positions may be normalized integers or far off; three's own way reads them as they count.
  geometry.computeBoundingBox();
  geometry.boundingSphere = geometry.boundingBox?.getBoundingSphere(new Sphere()) ?? new Sphere();
  return { geometry, shape: mode === 0 ? "points" : mode <= 3 ? "lines" : "triangles" };
}

function attributeOf({ array, size, normalized }: Elements): BufferAttribute {
  return new BufferAttribute(array, size, normalized && !(array instanceof Float32Array));
}

/** Positions with 0 for what is no number. */
function finiteOf(positions: Elements): Elements & { isOther: boolean } {
  const { array } = positions;
  if (!(array instanceof Float32Array)) return { ...positions, isOther: false };
  let copy: Float32Array | undefined;
  for (let at = 0; at < array.length; at += 1) {
    if (Number.isFinite(array[at])) continue;
    copy ??= array.slice();
    copy[at] = 0;
  }
  return { ...positions, array: copy ?? array, isOther: copy !== undefined };
}

function addTargets(
  geometry: BufferGeometry,
  targets: readonly unknown[],
  read: Reading,
  problem: (message: string) => void,
): void {
  if (targets.length === 0) return;
  if (targets.length > MAX_TARGETS)
    return problem(`has more than ${MAX_TARGETS} morph targets; they are left out`);
  const count = geometry.getAttribute("position").count;
  for (const [name, known] of [
    ["POSITION", "position"],
    ["NORMAL", "normal"],
    ["COLOR_0", "color"],
  ] as const) {
    const said = targets.map((target) => textOf(objectOf(target)[name]));
    const base = geometry.getAttribute(known);
    if (!base || said.every((id) => id === undefined)) continue;
    // Those that say nothing of this attribute leave it as it is.
    let zeros: Elements | undefined;
    const nothing = () =>
      (zeros ??= {
        array: new Float32Array(count * base.itemSize),
        size: base.itemSize,
        count,
        normalized: false,
      });
    const parts = said.map((id) => (id === undefined ? nothing() : readAccessor(read, id)));
    const fits = parts.filter((elements) => elements?.count === count && elements.size === base.itemSize);
    if (fits.length === targets.length) {
      geometry.morphAttributes[known] = fits.flatMap((elements) => (elements ? attributeOf(elements) : []));
    } else if (parts.every((elements) => elements !== undefined)) {
      problem(`has morph targets whose ${name} does not fit its vertices; they are left out`);
    }
  }
  geometry.morphTargetsRelative = true;
}

/**
 * The vertices of triangles, line segments or points in the order in which they are drawn; none where that is the order they
 * stand in. Strips, fans and loops are written out. What names vertices that are not there is left out.
 */
function indexOf(
  order: Components | undefined,
  vertices: number,
  mode: number,
): { index: Uint16Array | Uint32Array | undefined; dropped: number } {
  const count = order?.length ?? vertices;
  const at = (place: number) => (order ? (order[place] ?? 0) : place);
  const corners = mode === 0 ? 1 : mode <= 3 ? 2 : 3;
  const parts = partsOf(mode, count);
  if (isPlain(mode) && count % corners === 0) {
    if (!order) return { index: undefined, dropped: 0 };
    const isWide = order instanceof Uint16Array || order instanceof Uint32Array;
    if (isWide && order.every((vertex) => vertex < vertices)) return { index: order, dropped: 0 };
  }
  const index = new (vertices > 65_535 ? Uint32Array : Uint16Array)(Math.max(parts, 0) * corners);
  let [length, dropped] = [0, 0];
  for (let part = 0; part < parts; part += 1) {
    const [a, b, c] = cornersOf(mode, part, count);
    const [first, second, third] = [at(a), corners > 1 ? at(b) : 0, corners > 2 ? at(c) : 0];
    if (first >= vertices || second >= vertices || third >= vertices) {
      dropped += 1;
      continue;
    }
    index[length] = first;
    if (corners > 1) index[length + 1] = second;
    if (corners > 2) index[length + 2] = third;
    length += corners;
  }
  return { index: dropped > 0 ? index.slice(0, length) : index, dropped };
}

/** Whether vertices stand as the graphics card takes them: points, segments, triangles. */
const isPlain = (mode: number) => mode === 0 || mode === 1 || mode === 4;

function partsOf(mode: number, count: number): number {
  if (mode === 0) return count;
  if (mode === 1) return Math.floor(count / 2);
  if (mode === 2) return count < 2 ? 0 : count;
  if (mode === 3) return count - 1;
  if (mode === 4) return Math.floor(count / 3);
  return count - 2;
}

/** The places of a part's corners: glTF 2.0, section 3.7.2.1. */
function cornersOf(mode: number, part: number, count: number): [number, number, number] {
  if (mode === 0) return [part, 0, 0];
  if (mode === 1) return [2 * part, 2 * part + 1, 0];
  if (mode === 2) return [part, (part + 1) % count, 0];
  if (mode === 3) return [part, part + 1, 0];
  if (mode === 5) return [part, part + 1 + (part % 2), part + 2 - (part % 2)];
  if (mode === 6) return [part + 1, part + 2, 0];
  return [3 * part, 3 * part + 1, 3 * part + 2];
}

/** The edges of the box that positions say they stand in; of a small one where they say nothing. */
function boxOf(read: Reading, accessor: unknown): BufferGeometry {
  const said = saidBounds(typeof accessor === "string" ? read.record("accessors", accessor) : undefined);
  const min = new Vector3(...(said?.min ?? [-0.5, -0.5, -0.5]));
  const size = new Vector3(...(said?.max ?? [0.5, 0.5, 0.5])).sub(min);
  const box = new BoxGeometry(size.x, size.y, size.z).translate(
    min.x + size.x / 2,
    min.y + size.y / 2,
    min.z + size.z / 2,
  );
  const edges = new EdgesGeometry(box);
  box.dispose();
  edges.computeBoundingBox();
  edges.computeBoundingSphere();
  return edges;
}
