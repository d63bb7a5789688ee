import { emit, listen } from "@tauri-apps/api/event";

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

/**
 * Calls back when somebody closes the window while a project is open: it closes when the page quits, or when it is closed
 * once more before the page has said that it stays open.
 */
export function onCloseAsked(callback: () => void): () => void {
  const listening = listen("close-asked", callback);
  // A shell that cannot listen closes the window.
  const ignore = () => undefined;
  listening.catch(ignore);
  return () => void listening.then((stop) => stop(), ignore);
}
