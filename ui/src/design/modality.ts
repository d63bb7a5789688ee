/** Whether the person uses the keyboard just now. */

/** What the page carries while they do. */
const KEYBOARD = "data-keyboard";
const MOVING = /^(Tab|F\d+|Arrow.*|Home|End|PageUp|PageDown|Escape|Enter)$/;

/**
 * Marks the page while the keyboard leads, so that focus is seen wherever it goes: WebKitGTK does not take what moves it
 * after a click for `:focus-visible`.
 */
export function startModality(): () => void {
  const root = document.documentElement;
  const onKeyDown = ({ key, code }: KeyboardEvent) => {
    // Shift and Tab has no name there.
    if (MOVING.test(key) || code === "Tab") root.setAttribute(KEYBOARD, "");
  };
  const onPointerDown = () => root.removeAttribute(KEYBOARD);
  window.addEventListener("keydown", onKeyDown, { capture: true });
  window.addEventListener("pointerdown", onPointerDown, { capture: true });
  return () => {
    window.removeEventListener("keydown", onKeyDown, { capture: true });
    window.removeEventListener("pointerdown", onPointerDown, { capture: true });
    root.removeAttribute(KEYBOARD);
  };
}
