import { useMemo, useState } from "react";

import { finds, flattenTree } from "../../design";
import { useCollection } from "../../documents/document";
import { textOf } from "../../documents/reading";
import { entityTree } from "./entityTree";

/** The rows of a scene's hierarchy, with what is unfolded and what is filtered. */
export function useHierarchy(scene: string) {
  const entities = useCollection(scene, "entities");
  const skins = useCollection(scene, "skins");
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [filter, setFilter] = useState("");
  const tree = useMemo(() => entityTree(entities), [entities]);
  const joints = useMemo(() => {
    const lists = Object.values(skins).map((skin) => skin.joints);
    return new Set(lists.flatMap((list) => (Array.isArray(list) ? list : [])).map(String));
  }, [skins]);
  const rows = useMemo(() => {
    return flattenTree({
      ...tree,
      isExpanded: (id) => !folded.has(id),
      matches: filter.trim() === "" ? undefined : (id) => finds(filter, textOf(entities[id], "name")),
    });
  }, [tree, entities, folded, filter]);

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
  const foldAll = () =>
    setFolded(new Set(Object.keys(entities).filter((id) => tree.childrenOf(id).length > 0)));
  const unfoldAll = () => setFolded(new Set());
  return { entities, tree, joints, rows, filter, setFilter, toggle, unfold, foldAll, unfoldAll };
}
