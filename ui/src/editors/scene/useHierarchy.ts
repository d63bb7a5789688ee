import { useMemo, useState } from "react";

import { finds, flattenTree } from "../../design";
import { useDerived } from "../../documents/document";
import { textOf } from "../../documents/reading";
import type { Derived } from "../../documents/records";
import { TREE, entityTree } from "./entityTree";

const EMPTY = entityTree(new Map());

/** The entities that are bones. */
const JOINTS: Derived<ReadonlySet<string>> = {
  from: { skins: ["joints"] },
  make: (records) => {
    const lists = [...records.all("skins").values()].map((skin) => skin.joints);
    return new Set(lists.flatMap((list) => (Array.isArray(list) ? list : [])).map(String));
  },
};

const NO_JOINTS: ReadonlySet<string> = new Set();

type Names = (id: string) => string;

/** What entities are called. */
const NAMES: Derived<Names> = {
  from: { entities: ["name"] },
  make: (records) => (id) => textOf(records.get("entities", id), "name"),
};

/** Without a filter nothing depends on names. */
const NO_NAMES: Derived<Names> = { from: {}, make: () => () => "" };

/** The rows of a scene's hierarchy, with what is unfolded and what is filtered. */
export function useHierarchy(scene: string) {
  const tree = useDerived(scene, TREE) ?? EMPTY;
  const joints = useDerived(scene, JOINTS) ?? NO_JOINTS;
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [filter, setFilter] = useState("");
  const names = useDerived(scene, filter.trim() === "" ? NO_NAMES : NAMES);
  const rows = useMemo(() => {
    return flattenTree({
      ...tree,
      isExpanded: (id) => !folded.has(id),
      matches: filter.trim() === "" ? undefined : (id) => finds(filter, names?.(id) ?? ""),
    });
  }, [tree, names, folded, filter]);

  const toggle = (id: string) =>
    setFolded((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  const unfold = (ids: readonly string[]) =>
    setFolded((before) =>
      ids.some((id) => before.has(id)) ? new Set([...before].filter((id) => !ids.includes(id))) : before,
    );
  const foldAll = () => setFolded(new Set(tree.parents()));
  const unfoldAll = () => setFolded(new Set());
  return { tree, joints, rows, filter, setFilter, toggle, unfold, foldAll, unfoldAll };
}
