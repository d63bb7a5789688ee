/** Skins: joints are entities, whose matrices the world has. */
import { Bone, Matrix4, Skeleton } from "three";

import { readAccessor } from "./accessor";
import type { Rule } from "./derivation";
import { listOf, textOf } from "./values";
import { wholeRecord } from "./whole";

export interface Skin {
  /** The entities that are its joints. */
  joints: readonly string[];
  /** Its bones hold nothing but the world matrices of the joints, which they are given. */
  skeleton: Skeleton;
}

/** Key: the skin; undefined where it is none, and while it loads. */
export const SKIN: Rule<Skin | undefined> = {
  name: "skin",
  level: 1,
  make(id, read) {
    const record = wholeRecord(read, "skins", id);
    if (!record) {
      if (read.waits === "no") read.problem("skins", id, "is not there");
      return undefined;
    }
    const joints = listOf(record.joints).map((joint) => textOf(joint) ?? "");
    if (joints.length === 0) {
      read.problem("skins", id, "has no joints; its meshes are shown as they are");
      return undefined;
    }
    const accessor = textOf(record.inverse_bind_matrices);
    const inverses = accessor === undefined ? undefined : readAccessor(read, accessor);
    if (read.waits === "loading") return undefined;
    if (inverses && (inverses.size !== 16 || inverses.count < joints.length)) {
      read.problem("skins", id, "has fewer inverse bind matrices than joints");
    }
    const matrices = joints.map((_, at) => {
      const isThere = inverses?.size === 16 && at < inverses.count;
      return isThere ? new Matrix4().fromArray(inverses.array, at * 16) : new Matrix4();
    });
    return {
      joints,
      skeleton: new Skeleton(
        joints.map(() => new Bone()),
        matrices,
      ),
    };
  },
  drop: (skin) => skin?.skeleton.dispose(),
};
