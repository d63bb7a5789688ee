const isMac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);

const ARROWS: Readonly<Record<string, string>> = { Left: "←", Right: "→", Up: "↑", Down: "↓" };

/** A shortcut's first alternative as people read it on this machine: `Ctrl+Z Ctrl+Y` is `Ctrl Z`, or `⌘ Z`. */
export function shortcutLabel(shortcut: string, mac: boolean = isMac): string {
  const first = shortcut.split(" ")[0] ?? shortcut;
  const words = first
    .replace(/\+(?=.)/g, " ")
    .replace("Delete", "Del")
    .replace("Escape", "Esc")
    .replace(/Arrow(\w+)/, (name, side: string) => ARROWS[side] ?? name);
  return mac ? words.replace("Ctrl", "⌘").replace("Shift", "⇧").replace("Alt", "⌥") : words;
}
