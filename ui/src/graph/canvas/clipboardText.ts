/** Text on the system clipboard. Web views differ in what they allow; what they refuse stays within the window. */

let lastCopied = "";

export async function writeClipboard(text: string): Promise<void> {
  lastCopied = text;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copyBySelection(text);
  }
}

/** What was copied last, here or elsewhere. A key press pastes by event instead, which needs no permission. */
export async function readClipboard(): Promise<string> {
  try {
    return (await navigator.clipboard.readText()) || lastCopied;
  } catch {
    return lastCopied;
  }
}

/** Lets the browser's own paste land in a hidden field, and hands over what arrives there. */
export function catchPaste(onText: (text: string) => void): void {
  const field = hiddenField();
  const returnTo = document.activeElement;
  field.addEventListener("paste", (event) => {
    event.preventDefault();
    onText(event.clipboardData?.getData("text/plain") ?? "");
  });
  field.focus({ preventScroll: true });
  setTimeout(() => {
    field.remove();
    if (returnTo instanceof HTMLElement) returnTo.focus({ preventScroll: true });
  });
}

function copyBySelection(text: string): void {
  const returnTo = document.activeElement;
  const field = hiddenField();
  field.value = text;
  field.select();
  // Deprecated, and the only way where the asynchronous clipboard is refused.
  document.execCommand("copy");
  field.remove();
  if (returnTo instanceof HTMLElement) returnTo.focus({ preventScroll: true });
}

function hiddenField(): HTMLTextAreaElement {
  const field = document.createElement("textarea");
  field.setAttribute("aria-hidden", "true");
  field.style.cssText = "position:fixed;left:0;top:0;width:1px;height:1px;opacity:0;pointer-events:none";
  document.body.append(field);
  return field;
}
