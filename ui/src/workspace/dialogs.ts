/** Which dialog is open; one at a time. */
import { createStore, useStore } from "zustand";

export type DialogName =
  "new" | "open" | "import" | "export" | "verify" | "person" | "keys" | "share" | "join" | "elsewhere";

interface Dialogs {
  open: DialogName | null;
  palette: boolean;
  /** The link that the join dialog looks at first; empty to ask for one. */
  link: string;
}

const store = createStore<Dialogs>(() => ({ open: null, palette: false, link: "" }));

export const useDialogs = () => useStore(store);
export const showDialog = (open: DialogName) => store.setState({ open, palette: false, link: "" });
/** Asks for a link to a session, or looks at this one. */
export const showJoin = (link = "") => store.setState({ open: "join", palette: false, link });
export const closeDialog = () => store.setState({ open: null });
export const showPalette = () => store.setState({ palette: true });
export const closePalette = () => store.setState({ palette: false });
