import { Folder } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { KeyboardEvent, Ref } from "react";

import {
  ContextMenu,
  NoMatch,
  TextField,
  TreeItem,
  TreeView,
  finds,
  flattenTree,
  nameProblem,
} from "../../design";
import type { MenuEntry, TreeHandle } from "../../design";
import { folderPath, foldersAbove } from "./assetTree";
import type { AssetItem, AssetTree } from "./assetTree";
import { AssetPicture } from "./AssetPicture";
import { AssetTravel, assetDetail } from "./AssetTravel";
import { endSearch, selectAssets, toggleAssets, useAssetSelection, useSoughtAssets } from "./assetSelection";

interface AssetListProps {
  tree: AssetTree;
  filter: string;
  onClearFilter: () => void;
  renaming: string | undefined;
  menu: readonly MenuEntry[];
  onRename: (id: string, name: string | undefined) => void;
  onKey: (event: KeyboardEvent) => void;
  ref: Ref<TreeHandle>;
}

/** Files in their folders, line by line. */
export function AssetList(props: AssetListProps) {
  const { tree, filter, onClearFilter, renaming, menu, onRename, onKey, ref } = props;
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const selected = useAssetSelection();
  const own = useRef<TreeHandle>(null);
  const wanted = filter.trim();
  const rows = useMemo(
    () =>
      flattenTree({
        roots: tree.roots,
        childrenOf: tree.childrenOf,
        isExpanded: (id) => !folded.has(id),
        matches: wanted === "" ? undefined : (id) => finds(wanted, tree.items.get(id)?.file?.path ?? ""),
      }),
    [tree, folded, wanted],
  );
  const [only] = selected.size === 1 ? selected : [];
  useEffect(() => {
    if (only !== undefined) own.current?.show(only);
  }, [only]);
  const sought = useSoughtAssets();
  const found = useMemo(() => sought.flatMap((id) => tree.items.get(id)?.file ?? []), [sought, tree]);
  const above = new Set(found.flatMap(({ path }) => foldersAbove(path)));
  if ([...above].some((id) => folded.has(id))) {
    setFolded(new Set([...folded].filter((id) => !above.has(id))));
  }
  useEffect(() => {
    const [first] = found;
    if (!first) return;
    own.current?.show(first.id);
    endSearch();
  }, [found]);
  return (
    <ContextMenu entries={menu}>
      <div className="assets-area">
        {wanted !== "" && rows.length === 0 && <NoMatch onClear={onClearFilter} />}
        <TreeView
          ref={(handle) => {
            own.current = handle;
            if (typeof ref === "function") ref(handle);
            else if (ref) ref.current = handle;
          }}
          label="Files"
          rows={rows}
          selected={selected}
          nameOf={(id) => spoken(tree.items.get(id))}
          onSelect={(ids, mode) => (mode === "toggle" ? toggleAssets(ids) : selectAssets(ids))}
          onEmpty={() => selectAssets([])}
          onToggle={(id) =>
            setFolded((before) => {
              const next = new Set(before);
              if (!next.delete(id)) next.add(id);
              return next;
            })
          }
          onKey={onKey}
          filesInto={folderPath}
          renderRow={(row) => {
            const { id } = row;
            const item = tree.items.get(id);
            return (
              item && (
                <TreeItem row={row} name={spoken(item)}>
                  <AssetRow item={item} renaming={renaming === id} onRename={(name) => onRename(id, name)} />
                </TreeItem>
              )
            );
          }}
        />
      </div>
    </ContextMenu>
  );
}

function AssetRow(props: {
  item: AssetItem;
  renaming: boolean;
  onRename: (name: string | undefined) => void;
}) {
  const { item, renaming, onRename } = props;
  return (
    <>
      <span className="ui-tree-icon">
        {item.file ? <AssetPicture asset={item.file} size={18} /> : <Folder size={14} aria-hidden />}
      </span>
      {renaming ? (
        <TextField
          label={`Rename ${item.name}`}
          value={item.name}
          autoFocus
          problemOf={nameProblem}
          onCommit={onRename}
          onCancel={() => onRename(undefined)}
        />
      ) : (
        <span className="ui-tree-name">{item.name}</span>
      )}
      {item.file && !renaming && <AssetTravel asset={item.file} />}
    </>
  );
}

function spoken(item: AssetItem | undefined): string {
  if (!item) return "";
  return item.file ? `${item.name}, ${assetDetail(item.file)}` : item.name;
}
