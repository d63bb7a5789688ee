/** The viewport that parts of the tab belong to. */
import { createContext, useContext } from "react";
import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";

import type { Dragger } from "./dragging";
import type { Actions } from "./actions";
import type { ViewState } from "./state";
import type { Viewer } from "./viewer";

export interface Tab {
  readonly viewer: Viewer;
  readonly dragger: Dragger;
  readonly actions: Actions;
}

export const TabContext = createContext<Tab | undefined>(undefined);

export function useTab(): Tab {
  const tab = useContext(TabContext);
  if (!tab) throw new Error("This is shown in the tab of a scene only.");
  return tab;
}

/** What the viewport shows; all of it, or what is made of it. */
export function useViewState(): ViewState;
export function useViewState<T>(pick: (state: ViewState) => T): T;
export function useViewState<T>(pick?: (state: ViewState) => T): T | ViewState {
  const { store } = useTab().viewer;
  return useStore(
    store,
    useShallow((state: ViewState): T | ViewState => (pick ? pick(state) : state)),
  );
}
