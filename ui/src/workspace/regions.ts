/** The parts of the window that the keyboard goes through: the bars above and below, and each panel that is shown. */
import { useState } from "react";
import type { FocusEvent } from "react";

import { tabbable } from "../design";

/** What marks a part, by name. */
const REGION = "data-region";
/** What a person comes to a part for, where it has that. */
const MAIN = '[role="tree"],[role="application"],[role="list"][tabindex="0"],[role="group"][tabindex="0"]';

/** Where the focus was in each part when it left. */
const lastIn = new WeakMap<Element, HTMLElement>();

/** What a part needs to be gone to: spread over its element. */
export function useRegion(name: string) {
  const [props] = useState({
    [REGION]: name,
    tabIndex: -1,
    onFocus: ({ currentTarget, target }: FocusEvent<HTMLElement>) => {
      if (target !== currentTarget) lastIn.set(currentTarget, target);
    },
  });
  return props;
}

/** Moves the focus into a part: to where it was there last, else to what one comes for. */
export function enterRegion(name: string): void {
  const region = regions().find((each) => each.getAttribute(REGION) === name);
  if (region) enter(region);
}

/** Moves the focus to the next part, or to the one before; after the last comes the first. */
export function enterNextRegion(step: 1 | -1): void {
  const all = regions();
  const at = all.findIndex((region) => region.contains(document.activeElement));
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length;
  const region = all[next];
  if (region) enter(region);
}

/** Those on screen, as they stand in the page. */
function regions(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(`[${REGION}]`)].filter(isSeen);
}

function enter(region: HTMLElement): void {
  if (region.contains(document.activeElement)) return;
  const last = lastIn.get(region);
  const target =
    last && region.contains(last) && isSeen(last)
      ? last
      : (region.querySelector<HTMLElement>(MAIN) ?? tabbable(region)[0] ?? region);
  target.focus();
}

function isSeen(element: Element): boolean {
  return element.checkVisibility();
}
