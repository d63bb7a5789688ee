/** Accessors as typed arrays: glTF 2.0, section 3.6.2, with every component type, stride, sparse storage and padded matrices. */
import type { RecordData } from "../../ipc/types";
import type { Reading } from "./derivation";
import { countOf, numberOf, objectOf, textOf, type Json } from "./values";

export type Components = Int8Array | Uint8Array | Int16Array | Uint16Array | Uint32Array | Float32Array;
type ComponentsOf = new (buffer: ArrayBuffer, offset: number, length: number) => Components;

/** Elements one after the other, without gaps. It may lie on the object's own bytes: never write to it. */
export interface Elements {
  array: Components;
  /** Components of an element. */
  size: number;
  count: number;
  /** Integers that stand for 0 to 1 or -1 to 1. */
  normalized: boolean;
}

const ARRAYS: Readonly<Record<number, ComponentsOf>> = {
  5120: Int8Array,
  5121: Uint8Array,
  5122: Int16Array,
  5123: Uint16Array,
  5125: Uint32Array,
  5126: Float32Array,
};

/** Columns of an element, and components of a column. */
const SHAPES: Readonly<Record<string, readonly [columns: number, rows: number]>> = {
  SCALAR: [1, 1],
  VEC2: [1, 2],
  VEC3: [1, 3],
  VEC4: [1, 4],
  MAT2: [2, 2],
  MAT3: [3, 3],
  MAT4: [4, 4],
};

/** More than this no machine holds, and a record may say anything. */
const MAX_COMPONENTS = 1 << 28;

/**
 * What an accessor holds; undefined where it cannot be read, which is told as a problem, and while its bytes are still to
 * come ({@link Reading.waits}).
 */
export function readAccessor(read: Reading, id: string): Elements | undefined {
  const record = read.record("accessors", id);
  const problem = (message: string) => {
    read.problem("accessors", id, message);
    return undefined;
  };
  if (!record) return problem("is not there");
  const layout = layoutOf(record);
  if (!layout) return problem("says no type and number of elements that glTF knows");
  const { ArrayOf, size, count } = layout;
  if (size * count > MAX_COMPONENTS) return problem(`claims ${count} elements, more than can be shown`);
  const bytesOf = (view: unknown) => viewOf(read, view);
  const view = textOf(record.view);
  const decoded = textOf(record.decoded);
  let array: Components | undefined;
  if (decoded !== undefined) {
    const bytes = read.bytes(decoded, { collection: "accessors", id });
    if (!bytes) return undefined;
    array = unpacked(bytes, 0, undefined, layout);
    if (!array) return problem(`was unpacked to no more than ${bytes.byteLength} bytes`);
  } else if (view !== undefined) {
    const found = bytesOf(view);
    if (!found) return read.waits === "no" ? problem("names a view that is not there") : undefined;
    array = unpacked(found.bytes, countOf(record.offset) ?? 0, found.stride, layout);
    if (!array) return problem(`reads beyond the ${found.bytes.byteLength} bytes of its view`);
  }
  const sparse = objectOf(record.sparse);
  const sparseCount = countOf(sparse.count) ?? 0;
  if (sparseCount > 0) {
    const read = sparseOf(sparse, sparseCount, layout, bytesOf);
    if (typeof read === "string") return problem(read);
    if (!read) return undefined;
    array = array
      ? array.slice()
      : new ArrayOf(new ArrayBuffer(size * count * ArrayOf.BYTES), 0, size * count);
    for (let at = 0; at < sparseCount; at += 1) {
      const target = read.indices[at] ?? count;
      if (target >= count) return problem("has sparse indices that point beyond its end");
      for (let part = 0; part < size; part += 1)
        array[target * size + part] = read.values[at * size + part] ?? 0;
    }
  }
  array ??= new ArrayOf(new ArrayBuffer(size * count * ArrayOf.BYTES), 0, size * count);
  return { array, size, count, normalized: record.normalized === true };
}

/** The lowest and highest corner that an accessor of positions says it has, whatever its bytes hold. */
export function saidBounds(record: RecordData | undefined): { min: number[]; max: number[] } | undefined {
  const three = (value: unknown) =>
    Array.isArray(value) && value.length >= 3 && value.slice(0, 3).every(Number.isFinite)
      ? (value.slice(0, 3) as number[])
      : undefined;
  const [min, max] = [three(record?.min), three(record?.max)];
  return min && max ? { min, max } : undefined;
}

interface Layout {
  ArrayOf: ComponentsOf & { BYTES: number };
  columns: number;
  rows: number;
  size: number;
  count: number;
  /** Bytes from a column of an element to the next: columns of matrices begin at multiples of four. */
  column: number;
}

function layoutOf(record: RecordData): Layout | undefined {
  const [columns, rows] = SHAPES[textOf(record.element) ?? ""] ?? [0, 0];
  const count = countOf(record.count);
  const ArrayOf = arrayOf(record.component_type);
  if (columns === 0 || count === undefined || !ArrayOf) return undefined;
  const bytes = rows * ArrayOf.BYTES;
  const column = columns === 1 ? bytes : Math.ceil(bytes / 4) * 4;
  return { ArrayOf, columns, rows, size: columns * rows, count, column };
}

function arrayOf(componentType: unknown): (ComponentsOf & { BYTES: number }) | undefined {
  const ArrayOf = ARRAYS[numberOf(componentType) ?? 0];
  if (!ArrayOf) return undefined;
  return Object.assign(ArrayOf, {
    BYTES: (ArrayOf as unknown as { BYTES_PER_ELEMENT: number }).BYTES_PER_ELEMENT,
  });
}

function viewOf(read: Reading, id: unknown): { bytes: ArrayBuffer; stride: number | undefined } | undefined {
  const view = textOf(id);
  const record = view === undefined ? undefined : read.record("views", view);
  const cid = textOf(record?.object) ?? textOf(record?.decoded);
  if (view === undefined || !record) return undefined;
  if (cid === undefined) {
    const isPacked = record.packed !== undefined;
    read.problem(
      "views",
      view,
      isPacked ? "is packed in a way that is not read here" : "came without its bytes",
    );
    return undefined;
  }
  const bytes = read.bytes(cid, { collection: "views", id: view });
  return bytes && { bytes, stride: countOf(record.stride) };
}

/** Elements without gaps; undefined where they leave the bytes. */
function unpacked(
  bytes: ArrayBuffer,
  offset: number,
  stride: number | undefined,
  { ArrayOf, columns, rows, size, count, column }: Layout,
): Components | undefined {
  const element = columns === 1 ? rows * ArrayOf.BYTES : (columns - 1) * column + column;
  const step = stride && stride > 0 ? stride : element;
  const needed = columns === 1 ? element : (columns - 1) * column + rows * ArrayOf.BYTES;
  if (count > 0 && offset + (count - 1) * step + needed > bytes.byteLength) return undefined;
  const packed = size * ArrayOf.BYTES;
  if (step === packed && offset % ArrayOf.BYTES === 0) return new ArrayOf(bytes, offset, size * count);
  const source = new Uint8Array(bytes);
  const target = new Uint8Array(packed * count);
  const part = rows * ArrayOf.BYTES;
  for (let at = 0; at < count; at += 1) {
    for (let each = 0; each < columns; each += 1) {
      const from = offset + at * step + each * column;
      for (let byte = 0; byte < part; byte += 1) {
        target[at * packed + each * part + byte] = source[from + byte] ?? 0;
      }
    }
  }
  return new ArrayOf(target.buffer, 0, size * count);
}

/** Which elements are others and what they are; a sentence where that cannot be read, nothing while it loads. */
function sparseOf(
  sparse: Json,
  count: number,
  layout: Layout,
  bytesOf: (view: unknown) => { bytes: ArrayBuffer } | undefined,
): { indices: Components; values: Components } | string | undefined {
  const [indices, values] = [objectOf(sparse.indices), objectOf(sparse.values)];
  const IndexOf = arrayOf(indices.componentType);
  if (!IndexOf) return "has sparse indices of no type that glTF knows";
  const [indexBytes, valueBytes] = [bytesOf(indices.bufferView), bytesOf(values.bufferView)];
  if (!indexBytes || !valueBytes) return undefined;
  const one: Layout = { ArrayOf: IndexOf, columns: 1, rows: 1, size: 1, count, column: IndexOf.BYTES };
  const found = unpacked(indexBytes.bytes, countOf(indices.byteOffset) ?? 0, undefined, one);
  const put = unpacked(valueBytes.bytes, countOf(values.byteOffset) ?? 0, undefined, { ...layout, count });
  return found && put ? { indices: found, values: put } : "reads beyond the bytes of its sparse storage";
}
