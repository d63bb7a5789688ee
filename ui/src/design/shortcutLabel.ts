const isMac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);

/** A shortcut's first alternative as people read it on this machine: `Ctrl+Z Ctrl+Y` is `Ctrl Z`, or `⌘ Z`. */
export function shortcutLabel(shortcut: string, mac: boolean = isMac): string {
  const first = shortcut.split(" ")[0] ?? shortcut;
  const words = first.replace(/\+(?=.)/g, " ");
  return mac ? words.replace("Ctrl", "⌘").replace("Shift", "⇧").replace("Alt", "⌥") : words;
}
