/** The files of the project. */
import { createStore, useStore } from "zustand";

import { assets as fetchAssets } from "../ipc/assets";
import { ApiFailure } from "../ipc/failure";
import type { AssetInfo } from "../ipc/types";

interface Assets {
  list: readonly AssetInfo[];
  /** Whether the session has answered, so that "none" means none. */
  known: boolean;
  failure: ApiFailure | null;
}

const NONE: Assets = { list: [], known: false, failure: null };

const store = createStore<Assets>(() => NONE);

export const useAssets = () => useStore(store);

/** Those of some files that the project has now. */
export function presentAssets(ids: readonly string[]): string[] {
  const present = new Set(store.getState().list.map(({ id }) => id));
  return ids.filter((id) => present.has(id));
}

/** Bumped by everything that is newer than a question still on its way. */
let generation = 0;

/** Asks for the files once; from then on the session tells of changes. */
export function loadAssets(): void {
  generation += 1;
  const mine = generation;
  const settle = (answer: Assets) => {
    if (mine === generation) store.setState(answer);
  };
  fetchAssets().then(
    (list) => settle({ list, known: true, failure: null }),
    (thrown: unknown) => settle({ list: [], known: true, failure: ApiFailure.from(thrown) }),
  );
}

export function showAssets(list: readonly AssetInfo[]): void {
  generation += 1;
  store.setState({ list, known: true, failure: null });
}

/** One content moved on its way; several files may have it. */
export function showAssetTravel({ object, state, done }: Pick<AssetInfo, "object" | "state" | "done">): void {
  store.setState(({ list, ...rest }) => ({
    ...rest,
    list: list.map((asset) => (asset.object === object ? { ...asset, state, done } : asset)),
  }));
}

export function forgetAssets(): void {
  generation += 1;
  store.setState(NONE);
}
