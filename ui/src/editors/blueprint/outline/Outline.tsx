import { useMemo, useRef, useState } from "react";

import { NoMatch, TreeItem, TreeView, finds, flattenTree } from "../../../design";
import type { TreeHandle } from "../../../design";
import { useDerived } from "../../../documents/document";
import { reveal, select, useSelection } from "../../../documents/selection";
import type { RecordRef } from "../../../documents/selection";
import { AvatarRow } from "../../../presence/Avatar";
import { useMarkedBy } from "../../../presence/useMarkedBy";
import { OUTLINE, commentKey, nodeKey, wireKeys } from "./outlineTree";
import type { OutlineTree } from "./outlineTree";
import "./outline.css";

/** The accessible twin of the canvas: every node with its wires, as a tree. */
export function Outline({ document }: { document: string }) {
  const outline = useDerived(document, OUTLINE);
  return outline && <OutlineOf document={document} outline={outline} />;
}

function OutlineOf({ document, outline }: { document: string; outline: OutlineTree }) {
  const [filter, setFilter] = useState("");
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const refs = useSelection(document);
  const handle = useRef<TreeHandle>(null);
  const marked = useMarkedBy(document);
  const wanted = filter.trim();
  const rows = useMemo(
    () =>
      flattenTree({
        roots:
          wanted === ""
            ? outline.roots
            : outline.roots.filter((id) => {
                const item = outline.items.get(id);
                return item !== undefined && finds(wanted, `${item.name} ${item.detail}`);
              }),
        childrenOf: outline.childrenOf,
        isExpanded: (id) => unfolded.has(id),
      }),
    [outline, unfolded, wanted],
  );
  const selected = useMemo(() => new Set(refs.flatMap(keysOf)), [refs]);
  const refsOf = (ids: readonly string[]) =>
    ids.flatMap((id) => {
      const item = outline.items.get(id);
      return item ? [{ collection: item.collection, id: item.record }] : [];
    });
  return (
    <>
      <div className="panel-bar">
        <input
          className="ui-input"
          type="search"
          aria-label="Search nodes"
          placeholder={`Search ${outline.roots.length.toLocaleString()} nodes`}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "ArrowDown") handle.current?.focus();
          }}
        />
      </div>
      {wanted !== "" && rows.length === 0 && <NoMatch onClear={() => setFilter("")} />}
      <TreeView
        ref={handle}
        label="Outline"
        rows={rows}
        selected={selected}
        nameOf={(id) => outline.items.get(id)?.name ?? ""}
        onSelect={(ids, mode) => select(document, refsOf(ids), mode)}
        onEmpty={() => select(document, [])}
        onToggle={(id) =>
          setUnfolded((before) => {
            const next = new Set(before);
            if (!next.delete(id)) next.add(id);
            return next;
          })
        }
        onActivate={(id) => reveal(document, refsOf([id]))}
        renderRow={(row) => {
          const item = outline.items.get(row.id);
          if (!item) return null;
          const ref = { collection: item.collection, id: item.record };
          return (
            <TreeItem row={row} name={marked.spoken(item.name, ref)}>
              {item.family && (
                <span
                  className="outline-family"
                  style={{ background: `var(--family-${item.family}, var(--family-variable))` }}
                />
              )}
              <span className="ui-tree-name">{item.name}</span>
              <AvatarRow people={marked.people(ref)} doing="selected this" />
              <span className="ui-tree-detail">{item.detail}</span>
            </TreeItem>
          );
        }}
      />
    </>
  );
}

function keysOf({ collection, id }: RecordRef): string[] {
  if (collection === "wires") return wireKeys(id);
  return [collection === "comments" ? commentKey(id) : nodeKey(id)];
}
