/** Which dialog is open; one at a time. */
import { createStore, useStore } from "zustand";

export type DialogName = "new" | "open" | "import" | "export" | "verify" | "person" | "keys";

const store = createStore<{ open: DialogName | null; palette: boolean }>(() => ({
  open: null,
  palette: false,
}));

export const useDialogs = () => useStore(store);
export const showDialog = (open: DialogName) => store.setState({ open, palette: false });
export const closeDialog = () => store.setState({ open: null });
export const showPalette = () => store.setState({ palette: true });
export const closePalette = () => store.setState({ palette: false });
