import { Import, LayoutGrid, List } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { KeyboardEvent } from "react";

import { attempt } from "../../workspace/notify";
import { Button, ConfirmDialog, EmptyState, IconButton } from "../../design";
import type { MenuEntry, TreeHandle } from "../../design";
import { deleteAsset, renameAsset, wantAsset } from "../../ipc/assets";
import type { AssetInfo } from "../../ipc/types";
import { loadAssets, useAssets } from "../../project/assets";
import { DocumentList } from "../hierarchy/DocumentList";
import { AssetGrid } from "./AssetGrid";
import { AssetList } from "./AssetList";
import { MoveAssetDialog } from "./MoveAssetDialog";
import { selectAssets, useAssetSelection } from "./assetSelection";
import { assetTree, filesOf, folderOf, folderPath } from "./assetTree";
import { importFiles } from "./importFiles";
import "./assets.css";

const VIEW = "wissil.assets.view";
/** Whoever selects more waits for none of them in particular. */
const MAX_WANTED = 50;

/** The files of the project: textures, sounds, models; and below them its documents, which people look for here too. */
export function AssetsPanel() {
  return (
    <>
      <div className="assets-files">
        <FilesPanel />
      </div>
      <DocumentList fill={false} />
    </>
  );
}

function FilesPanel() {
  const { list, known, failure } = useAssets();
  if (failure) {
    return (
      <EmptyState
        title="The files cannot be listed"
        actions={<Button onClick={loadAssets}>Try again</Button>}
      >
        {failure.message}
      </EmptyState>
    );
  }
  if (!known) return null;
  if (list.length === 0) {
    return (
      <EmptyState
        title="No files yet"
        actions={
          <Button icon={<Import size={14} aria-hidden />} onClick={() => void importFiles()}>
            Import…
          </Button>
        }
      >
        Drop textures, sounds and models here, or put them into the project’s <code>assets</code> folder. They
        appear here, and at everyone else in the session.
      </EmptyState>
    );
  }
  return <Files assets={list} />;
}

/** Whoever selects files that are not here waits for them: they come before others. */
function useWanted(files: readonly AssetInfo[]): void {
  const absent = files.filter(({ state }) => state === "awaited").map(({ id }) => id);
  const key = absent.slice(0, MAX_WANTED).join(" ");
  useEffect(() => {
    // What cannot be asked for now comes in its turn.
    for (const id of key === "" ? [] : key.split(" ")) wantAsset(id).catch(() => undefined);
  }, [key]);
}

function Files({ assets }: { assets: readonly AssetInfo[] }) {
  const [view, setView] = useState(() => (localStorage.getItem(VIEW) === "grid" ? "grid" : "list"));
  const [filter, setFilter] = useState("");
  const [renaming, setRenaming] = useState<string>();
  const [moving, setMoving] = useState<AssetInfo>();
  const [deleting, setDeleting] = useState<readonly AssetInfo[]>([]);
  const selected = useAssetSelection();
  const tree = useMemo(() => assetTree(assets), [assets]);
  const handle = useRef<TreeHandle>(null);
  const files = useMemo(() => filesOf(tree, selected), [tree, selected]);
  const [only] = files.length === 1 ? files : [];
  useWanted(files);
  const [marked] = selected.size === 1 ? selected : [];
  const folder = marked === undefined ? undefined : folderPath(marked);

  const show = (next: "list" | "grid") => {
    setView(next);
    localStorage.setItem(VIEW, next);
  };
  const beginRename = () => {
    if (!only) return;
    // Only the list has room for a field.
    show("list");
    selectAssets([only.id]);
    setRenaming(only.id);
  };
  const rename = (id: string, name: string | undefined) => {
    setRenaming(undefined);
    handle.current?.focus();
    const file = tree.items.get(id)?.file;
    if (!file || name === undefined || name.trim() === "") return;
    void attempt(renameAsset(id, folderOf(file.path) + name.trim()));
  };
  const remove = () =>
    void attempt(async () => {
      // One after the other, so that a failure leaves the rest as it is.
      for (const file of deleting) await deleteAsset(file.id);
    });
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "F2") beginRename();
    else if (event.key === "Delete" && files.length > 0) setDeleting(files);
    else return;
    event.preventDefault();
  };
  const menu: MenuEntry[] = [
    { label: "Rename", shortcut: "F2", disabled: !only, run: beginRename },
    { label: "Move…", disabled: !only, run: () => setMoving(only) },
    { kind: "separator" },
    {
      label: files.length > 1 ? `Delete ${files.length} files…` : "Delete…",
      shortcut: "Del",
      danger: true,
      disabled: files.length === 0,
      run: () => setDeleting(files),
    },
    { kind: "separator" },
    {
      label: folder === undefined ? "Import…" : `Import into ${folder}…`,
      run: () => void importFiles(folder),
    },
  ];
  return (
    <>
      <div className="panel-bar">
        <input
          className="ui-input"
          type="search"
          aria-label="Search files"
          placeholder={`Search ${assets.length.toLocaleString()} ${assets.length === 1 ? "file" : "files"}`}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "ArrowDown") handle.current?.focus();
          }}
        />
        <IconButton
          label={view === "list" ? "Show as pictures" : "Show as a list"}
          onClick={() => show(view === "list" ? "grid" : "list")}
        >
          {view === "list" ? <LayoutGrid size={14} /> : <List size={14} />}
        </IconButton>
        <IconButton label="Import…" onClick={() => void importFiles()}>
          <Import size={14} />
        </IconButton>
      </div>
      {view === "list" ? (
        <AssetList
          ref={handle}
          tree={tree}
          filter={filter}
          onClearFilter={() => setFilter("")}
          renaming={renaming}
          menu={menu}
          onRename={rename}
          onKey={onKey}
        />
      ) : (
        <AssetGrid
          assets={assets}
          filter={filter}
          onClearFilter={() => setFilter("")}
          menu={menu}
          onKey={onKey}
        />
      )}
      {moving && <MoveAssetDialog asset={moving} onClose={() => setMoving(undefined)} />}
      <ConfirmDialog
        open={deleting.length > 0}
        title={`Delete ${deleting.length === 1 ? (deleting[0]?.path ?? "") : `${deleting.length} files`}?`}
        text="Gone from the project’s assets folder, here and at everyone else. History keeps what was in it."
        action="Delete"
        onClose={() => setDeleting([])}
        onConfirm={remove}
      />
    </>
  );
}
