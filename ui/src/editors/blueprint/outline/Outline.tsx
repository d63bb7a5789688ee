import { useMemo, useRef, useState } from "react";

import { TreeView, finds, flattenTree } from "../../../design";
import type { TreeHandle } from "../../../design";
import { useDocument } from "../../../documents/document";
import type { DocumentView } from "../../../documents/document";
import { reveal, select, useSelection } from "../../../documents/selection";
import type { RecordRef } from "../../../documents/selection";
import { AvatarRow } from "../../../presence/Avatar";
import { useMarkedBy } from "../../../presence/useMarkedBy";
import { commentKey, nodeKey, outlineOf, wireKeys } from "./outlineTree";
import "./outline.css";

/** The accessible twin of the canvas: every node with its wires, as a tree. */
export function Outline({ document }: { document: string }) {
  const view = useDocument(document);
  return view && <OutlineOf view={view} />;
}

function OutlineOf({ view }: { view: DocumentView }) {
  const { collections, shapes } = view;
  const { nodes, wires, comments } = collections;
  const outline = useMemo(
    () =>
      outlineOf({
        collections: { nodes: nodes ?? {}, wires: wires ?? {}, comments: comments ?? {} },
        shapes,
      }),
    [nodes, wires, comments, shapes],
  );
  const [filter, setFilter] = useState("");
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const refs = useSelection(view.id);
  const handle = useRef<TreeHandle>(null);
  const marked = useMarkedBy(view.id);
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
      <TreeView
        ref={handle}
        label="Outline"
        rows={rows}
        selected={selected}
        nameOf={(id) => {
          const item = outline.items.get(id);
          return item ? marked.spoken(item.name, { collection: item.collection, id: item.record }) : "";
        }}
        onSelect={(ids, mode) => select(view.id, refsOf(ids), mode)}
        onEmpty={() => select(view.id, [])}
        onToggle={(id) =>
          setUnfolded((before) => {
            const next = new Set(before);
            if (!next.delete(id)) next.add(id);
            return next;
          })
        }
        onActivate={(id) => reveal(view.id, refsOf([id]))}
        renderRow={({ id }) => {
          const item = outline.items.get(id);
          return (
            <>
              {item?.family && (
                <span
                  className="outline-family"
                  style={{ background: `var(--family-${item.family}, var(--family-variable))` }}
                />
              )}
              <span className="ui-tree-name">{item?.name}</span>
              {item && (
                <AvatarRow
                  people={marked.people({ collection: item.collection, id: item.record })}
                  doing="selected this"
                />
              )}
              <span className="ui-tree-detail">{item?.detail}</span>
            </>
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
