/**
 * Gives the keyboard to what comes in place of what had it, such as the line of a list whose name was typed; unless somebody
 * has taken it meanwhile.
 */
export function focusLater(find: () => HTMLElement | null | undefined): void {
  setTimeout(() => {
    const { activeElement, body } = document;
    if (activeElement === null || activeElement === body) find()?.focus();
  });
}
