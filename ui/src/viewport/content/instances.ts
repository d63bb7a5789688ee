/** Entities that stand for many: EXT_mesh_gpu_instancing. */
import { Matrix4, Quaternion, Vector3 } from "three";

import { readAccessor, type Elements } from "./accessor";
import type { Rule } from "./derivation";
import { extensionOf, objectOf, sourceOf, textOf } from "./values";
import { wholeRecord } from "./whole";

const NAME = "EXT_mesh_gpu_instancing";

/** More than this no scene needs, and a file may say anything. */
const MAX_INSTANCES = 1 << 20;

/** Whether an entity's `source` makes it many. */
export const isInstanced = (source: unknown) => extensionOf(source, NAME) !== undefined;

/** The matrices of the instances, from each one's space to the entity's. Key: the entity. */
export const INSTANCES: Rule<readonly Matrix4[] | undefined> = {
  name: "instances",
  level: 1,
  make(entity, read) {
    const attributes = objectOf(
      extensionOf(sourceOf(wholeRecord(read, "entities", entity)), NAME)?.attributes,
    );
    const [translations, rotations, scales] = ["TRANSLATION", "ROTATION", "SCALE"].map((name) => {
      const id = textOf(attributes[name]);
      return id === undefined ? undefined : readAccessor(read, id);
    });
    if (read.waits === "loading") return undefined;
    const given = [translations, rotations, scales].filter((elements) => elements !== undefined);
    const count = Math.min(...given.map((elements) => elements.count));
    if (given.length === 0 || count > MAX_INSTANCES || given.some((elements) => elements.count !== count)) {
      read.problem("entities", entity, "has instances whose parts do not fit each other; one is shown");
      return undefined;
    }
    const [position, turn, scale] = [new Vector3(), new Quaternion(), new Vector3()];
    return Array.from({ length: count }, (_, at) => {
      position.fromArray(componentsOf(translations, at, [0, 0, 0]));
      turn.fromArray(componentsOf(rotations, at, [0, 0, 0, 1])).normalize();
      scale.fromArray(componentsOf(scales, at, [1, 1, 1]));
      return new Matrix4().compose(position, turn, scale);
    });
  },
};

/** One element as numbers, integers as the fractions they stand for. */
function componentsOf(elements: Elements | undefined, at: number, fallback: number[]): number[] {
  if (elements?.size !== fallback.length) return fallback;
  const { array, size } = elements;
  const most =
    array instanceof Int8Array
      ? 127
      : array instanceof Int16Array
        ? 32_767
        : array instanceof Uint8Array
          ? 255
          : 65_535;
  const divisor = array instanceof Float32Array ? 1 : most;
  const found = Array.from(array.subarray(at * size, at * size + size), (value) =>
    Math.max(value / divisor, -1e9),
  );
  return found.every(Number.isFinite) ? found : fallback;
}
