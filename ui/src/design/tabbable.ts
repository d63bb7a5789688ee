/** What Tab comes to. */

const CANDIDATES = 'a[href],button,input,select,textarea,summary,[tabindex],[contenteditable="true"]';

/** Everything within that Tab comes to, in order. */
export function tabbable(root: ParentNode): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>(CANDIDATES)].filter(isTabbable);
}

function isTabbable(element: HTMLElement): boolean {
  if (element.tabIndex < 0 || element.matches(":disabled") || element.closest("[inert]")) return false;
  return element.checkVisibility({ visibilityProperty: true }) && !isOtherRadio(element);
}

/** Of a group of radio buttons, Tab comes to the one that is chosen. */
function isOtherRadio(element: HTMLElement): boolean {
  if (!(element instanceof HTMLInputElement) || element.type !== "radio" || element.checked) return false;
  const group = (element.form ?? document).querySelectorAll<HTMLInputElement>('input[type="radio"]');
  return [...group].some(({ name, checked }) => checked && name === element.name);
}
