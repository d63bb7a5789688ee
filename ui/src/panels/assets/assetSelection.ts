/** Which files are selected in the Assets panel: ids of files and of folders. */
import { createStore, useStore } from "zustand";

import { showTool } from "../../workspace/tabs";

const store = createStore<{ selected: ReadonlySet<string> }>(() => ({ selected: new Set() }));

export const useAssetSelection = () => useStore(store, (state) => state.selected);

export function selectAssets(ids: Iterable<string>): void {
  store.setState({ selected: new Set(ids) });
}

export function toggleAssets(ids: readonly string[]): void {
  const selected = new Set(store.getState().selected);
  for (const id of ids) if (!selected.delete(id)) selected.add(id);
  store.setState({ selected });
}

/** Shows files in the panel. */
export function revealAssets(ids: Iterable<string>): void {
  selectAssets(ids);
  showTool("assets");
}
