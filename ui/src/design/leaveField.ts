/**
 * Gives the keyboard to the panel or dialog around a field, so that it stays near; a field that is only left would drop it at
 * the beginning of the page.
 */
export function leaveField(field: HTMLElement): void {
  const around = field.parentElement?.closest<HTMLElement>('[tabindex="-1"]');
  if (around) around.focus();
  else field.blur();
}
