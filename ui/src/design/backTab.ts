import { tabbable } from "./tabbable";

/**
 * Makes Shift and Tab go back. WebKitGTK gives that key no name (X calls it `ISO_Left_Tab`), does not know it itself, and so
 * leaves the focus where it is: a keyboard could only go forward. It is named here, and done unless somebody else does it.
 */
export function startBackTab(): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    const { code, key, shiftKey, ctrlKey, altKey, metaKey, target } = event;
    if (code !== "Tab" || key === "Tab" || !shiftKey || ctrlKey || altKey || metaKey || !target) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const named = { key: "Tab", code, shiftKey, bubbles: true, cancelable: true, composed: true };
    if (target.dispatchEvent(new KeyboardEvent("keydown", named))) focusBefore(document.activeElement);
  };
  window.addEventListener("keydown", onKeyDown, { capture: true });
  return () => window.removeEventListener("keydown", onKeyDown, { capture: true });
}

/** Before the first comes the last. */
function focusBefore(focused: Element | null): void {
  const all = tabbable(document);
  const before = all.findLast(
    (element) =>
      focused !== null && (element.compareDocumentPosition(focused) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0,
  );
  const next = before ?? all.at(-1);
  next?.focus();
  if (next instanceof HTMLInputElement) next.select();
}
