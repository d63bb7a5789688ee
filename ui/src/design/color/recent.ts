/** Colours that were chosen lately on this machine, latest first. */
import { createStore, useStore } from "zustand";

const KEY = "wissil.colors";
const KEPT = 12;

const recent = createStore<{ colors: readonly string[] }>(() => ({ colors: stored() }));

export const useRecentColors = () => useStore(recent, ({ colors }) => colors);

export function rememberColor(color: string): void {
  const colors = [color, ...recent.getState().colors.filter((other) => other !== color)].slice(0, KEPT);
  recent.setState({ colors });
  localStorage.setItem(KEY, JSON.stringify(colors));
}

function stored(): readonly string[] {
  try {
    const colors: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    if (!Array.isArray(colors)) return [];
    return colors.filter((color): color is string => /^#[0-9a-f]{6}$/.test(String(color))).slice(0, KEPT);
  } catch {
    return [];
  }
}
