import { useMemo } from "react";
import type { KeyboardEvent, MouseEvent } from "react";

import { ContextMenu, NoMatch, finds } from "../../design";
import type { MenuEntry } from "../../design";
import type { AssetInfo } from "../../ipc/types";
import { AssetPicture } from "./AssetPicture";
import { AssetTravel } from "./AssetTravel";
import { selectAssets, toggleAssets, useAssetSelection } from "./assetSelection";
import { folderOf } from "./assetTree";

/** More than one looks through; the search finds the rest. */
const SHOWN = 300;

interface AssetGridProps {
  assets: readonly AssetInfo[];
  filter: string;
  onClearFilter: () => void;
  menu: readonly MenuEntry[];
  onKey: (event: KeyboardEvent) => void;
}

/** Files as pictures, folder by folder. */
export function AssetGrid({ assets, filter, onClearFilter, menu, onKey }: AssetGridProps) {
  const selected = useAssetSelection();
  const found = useMemo(() => assets.filter((asset) => finds(filter, asset.path)), [assets, filter]);
  const folders = useMemo(() => byFolder(found.slice(0, SHOWN)), [found]);
  const pick = (event: MouseEvent, id: string) => {
    if (event.ctrlKey || event.metaKey) toggleAssets([id]);
    else selectAssets([id]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) {
      onKey(event);
      return;
    }
    event.preventDefault();
    const tiles = [...event.currentTarget.querySelectorAll<HTMLElement>(".asset-tile")];
    tiles[tiles.findIndex((tile) => tile === document.activeElement) + step]?.focus();
  };
  return (
    <ContextMenu entries={menu}>
      <div className="assets-grid" role="group" aria-label="Files" onKeyDown={onKeyDown}>
        {found.length === 0 && <NoMatch onClear={onClearFilter} />}
        {folders.map(([folder, files]) => (
          <section
            key={folder}
            aria-label={folder === "" ? "assets" : folder}
            data-files-into={folder === "" ? undefined : folder}
          >
            {folder !== "" && <h3 className="assets-folder">{folder}</h3>}
            <ul>
              {files.map((asset) => (
                <li key={asset.id}>
                  <button
                    type="button"
                    className="asset-tile"
                    aria-pressed={selected.has(asset.id)}
                    title={asset.path}
                    onClick={(event) => pick(event, asset.id)}
                    onContextMenu={() => {
                      if (!selected.has(asset.id)) selectAssets([asset.id]);
                    }}
                  >
                    <span className="asset-tile-picture">
                      <AssetPicture asset={asset} size={64} />
                    </span>
                    <span className="asset-tile-name">{asset.path.slice(folderOf(asset.path).length)}</span>
                    <AssetTravel asset={asset} />
                  </button>
                </li>
              ))}
            </ul>
          </section>
        ))}
        {found.length > SHOWN && (
          <p className="assets-more">and {(found.length - SHOWN).toLocaleString()} more: search for them</p>
        )}
      </div>
    </ContextMenu>
  );
}

/** The files of each folder, folders in their order. */
function byFolder(assets: readonly AssetInfo[]): [string, AssetInfo[]][] {
  const folders = new Map<string, AssetInfo[]>();
  for (const asset of assets) {
    const folder = folderOf(asset.path).slice(0, -1);
    const files = folders.get(folder);
    if (files) files.push(asset);
    else folders.set(folder, [asset]);
  }
  return [...folders].sort(([a], [b]) => a.localeCompare(b));
}
