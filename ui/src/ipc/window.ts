import { emit } from "@tauri-apps/api/event";

/** Names the window after what is open in it; the shell follows the page's title. */
export function setWindowTitle(title: string): void {
  document.title = title;
}

/** Tells the shell that what is open is on screen. A page without a shell has nobody to tell. */
export function tellShown(): void {
  try {
    emit("shown").catch(() => undefined);
  } catch {
    // As above.
  }
}
