/** Which files are selected in the Assets panel: ids of files and of folders. */
import { createStore, useStore } from "zustand";

import { showTool } from "../../workspace/tabs";

interface AssetSelection {
  selected: ReadonlySet<string>;
  /** Files that are to be brought into view, once they are there. */
  sought: readonly string[];
}

const store = createStore<AssetSelection>(() => ({ selected: new Set(), sought: [] }));

export const useAssetSelection = () => useStore(store, (state) => state.selected);
export const useSoughtAssets = () => useStore(store, (state) => state.sought);

export function selectAssets(ids: Iterable<string>): void {
  store.setState({ selected: new Set(ids) });
}

export function toggleAssets(ids: readonly string[]): void {
  const selected = new Set(store.getState().selected);
  for (const id of ids) if (!selected.delete(id)) selected.add(id);
  store.setState({ selected });
}

/** Shows files in the panel. */
export function revealAssets(ids: readonly string[]): void {
  store.setState({ selected: new Set(ids), sought: ids });
  showTool("assets");
}

/** They are in view. */
export function endSearch(): void {
  store.setState({ sought: [] });
}
