/** The theme, remembered on this machine. */
import { createStore, useStore } from "zustand";

export type Theme = "dark" | "light" | "contrast";

export const THEMES: readonly { id: Theme; title: string }[] = [
  { id: "dark", title: "Dark" },
  { id: "light", title: "Light" },
  { id: "contrast", title: "High contrast" },
];

const KEY = "wissil.theme";

const store = createStore<{ theme: Theme }>(() => ({ theme: "dark" }));

export const useTheme = () => useStore(store, (state) => state.theme);

export function setTheme(theme: Theme): void {
  store.setState({ theme });
  document.documentElement.dataset.theme = theme;
  localStorage.setItem(KEY, theme);
}

/** The remembered theme; else dark, or high contrast where the system asks for it. */
export function restoreTheme(): void {
  const remembered = localStorage.getItem(KEY);
  const known = THEMES.find((theme) => theme.id === remembered)?.id;
  const asked = matchMedia("(prefers-contrast: more)").matches ? "contrast" : "dark";
  const theme = known ?? asked;
  store.setState({ theme });
  document.documentElement.dataset.theme = theme;
}
