/** Reading and matching key combinations. */

const isMac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);

type Keys = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** Whether a key press is one of the shortcut's alternatives. */
export function matchesShortcut(event: Keys, shortcut: string): boolean {
  return shortcut.split(" ").some((alternative) => matchesOne(event, alternative));
}

function matchesOne(event: Keys, shortcut: string): boolean {
  const parts = shortcut.split("+");
  // "Ctrl++" means the plus key.
  const key = shortcut.endsWith("+") ? "+" : (parts.at(-1) ?? "");
  const has = (modifier: string) => parts.slice(0, -1).includes(modifier);
  const primary = isMac ? event.metaKey : event.ctrlKey;
  const other = isMac ? event.ctrlKey : event.metaKey;
  if (primary !== has("Ctrl") || other || event.altKey !== has("Alt")) return false;
  // Shift is already part of signs such as "?" and "+".
  const isSign = key.length === 1 && key.toLowerCase() === key.toUpperCase() && !/[0-9 ]/.test(key);
  if (!isSign && event.shiftKey !== has("Shift")) return false;
  return normal(event.key) === normal(key);
}

function normal(key: string): string {
  if (key === "Space" || key === " ") return "space";
  if (key === "Del") return "delete";
  if (key === "Esc") return "escape";
  return key.toLowerCase();
}

/** Whether keys go into a text there. */
export function mayTypeInto(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  if (!(target instanceof HTMLInputElement)) return false;
  return !["checkbox", "radio", "button", "submit", "range", "color"].includes(target.type);
}
