/** Values typed into pins: reading, writing, defaults. */

import { exactNumber, fitNumber, numberProblem } from "../../../design";
import type { Socket } from "../../../ipc/types";
import type { Literal } from "../../../graph/model/records";
import { componentsOf, typeClass, type TypeClass } from "./types";

/** A component as it is stored. */
export type Component = boolean | number | string;

const WORDS: Record<string, number> = { NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity };

/** Above this many components a value is edited in the inspector. */
const MOST_INLINE = 4;
const FIELD = { bool: 26, number: 52, component: 46, text: 96 };
const FIELD_GAP = 4;

/** The type an inline value of the socket has: what was typed in, else what the socket is, else the first it takes. */
export function inlineType(
  socket: Pick<Socket, "signature" | "accepts">,
  literal: Literal | undefined,
): string | null {
  const type = socket.signature ?? literal?.type ?? socket.accepts[0];
  if (type === undefined) return null;
  const components = componentsOf(type);
  return components > 0 && components <= MOST_INLINE && typeClass(type) !== "matrix" ? type : null;
}

/** How wide the field for an inline value is. */
export function fieldWidth(type: string): number {
  const components = componentsOf(type);
  switch (typeClass(type)) {
    case "bool":
      return FIELD.bool;
    case "int":
    case "float":
      return FIELD.number;
    case "vector":
      return components * FIELD.component + (components - 1) * FIELD_GAP;
    default:
      return FIELD.text;
  }
}

/** The components of a literal in that type; those that are not set are undefined. */
export function componentsIn(type: string, literal: Literal | undefined): (Component | undefined)[] {
  const given = literal?.type === type ? literal.value : [];
  return Array.from({ length: componentsOf(type) }, (_, index) => {
    const component = given[index];
    return typeof component === "boolean" || typeof component === "number" || typeof component === "string"
      ? component
      : undefined;
  });
}

/** The value to store. Beside a component that is set, the others are what the type begins with. */
export function literalFrom(type: string, components: readonly (Component | undefined)[]): Literal {
  const fallback = defaultComponent(type);
  return { type, value: components.map((component) => storedComponent(component ?? fallback)) };
}

/** A component as people read it, in so many characters; without a limit, with all its digits. */
export function formatComponent(component: Component, characters?: number): string {
  if (typeof component !== "number") return String(component);
  return characters === undefined ? exactNumber(component) : fitNumber(component, characters);
}

/** Reads what a person typed as a component of that type; none when it cannot be one. Arithmetic is understood. */
export function parseComponent(type: string, text: string): Component | undefined {
  const trimmed = text.trim();
  const kind = typeClass(type);
  if (!isNumeric(kind) && kind !== "bool") return trimmed;
  if (kind === "bool") return trimmed === "true" ? true : trimmed === "false" ? false : undefined;
  if (kind !== "int") {
    const word = Object.keys(WORDS).find((name) => name.toLowerCase() === trimmed.toLowerCase());
    if (word) return word;
  }
  const number = calculate(trimmed.replaceAll(",", "."));
  if (number === undefined || !Number.isFinite(number)) return undefined;
  return kind === "int" ? clampInt(number) : number;
}

/** Why what a person typed is no component of that type, if so. */
export function componentProblem(type: string, text: string): string | undefined {
  const isInteger = typeClass(type) === "int";
  if (!isInteger && parseComponent(type, text) !== undefined) return undefined;
  const problem = numberProblem(text, isInteger ? { ...INT, integer: true } : {});
  if (isInteger) return problem;
  return problem ?? `“${text.trim()}” is no number`;
}

export function isNumeric(type: TypeClass): boolean {
  return type === "int" || type === "float" || type === "vector" || type === "matrix";
}

/** The value a component has after it was scrubbed by so many steps. */
export function scrubbed(
  type: string,
  start: Component | undefined,
  steps: number,
  fine: boolean,
  coarse: boolean,
): Component {
  const from = typeof start === "number" ? start : 0;
  const scale = coarse ? 10 : fine ? 0.1 : 1;
  if (typeClass(type) === "int") return clampInt(from + Math.round(steps * Math.max(scale, 0.2)));
  const step = 0.01 * scale * Math.max(1, 10 ** Math.floor(Math.log10(Math.max(Math.abs(from), 1))));
  return Number((from + steps * step).toPrecision(12));
}

function storedComponent(component: Component): Component {
  if (typeof component !== "number" || Number.isFinite(component)) return component;
  return Number.isNaN(component) ? "NaN" : component > 0 ? "Infinity" : "-Infinity";
}

function defaultComponent(type: string): Component {
  const kind = typeClass(type);
  if (kind === "bool") return false;
  return isNumeric(kind) ? 0 : "";
}

/** What 32 bits hold. */
const INT = { min: -2147483648, max: 2147483647 };

function clampInt(number: number): number {
  return Math.min(Math.max(Math.round(number), INT.min), INT.max);
}

/** `+ - * /`, parentheses and decimals, by recursive descent; none when it does not read as a calculation. */
function calculate(text: string): number | undefined {
  const tokens = text.match(/\d*\.?\d+(?:e[+-]?\d+)?|[-+*/()]/gi);
  if (!tokens || tokens.join("") !== text.replace(/\s+/g, "")) return undefined;
  let at = 0;
  const sum = (): number => {
    let value = product();
    while (tokens[at] === "+" || tokens[at] === "-")
      value = tokens[at++] === "+" ? value + product() : value - product();
    return value;
  };
  const product = (): number => {
    let value = factor();
    while (tokens[at] === "*" || tokens[at] === "/")
      value = tokens[at++] === "*" ? value * factor() : value / factor();
    return value;
  };
  const factor = (): number => {
    const token = tokens[at++];
    if (token === "-") return -factor();
    if (token === "+") return factor();
    if (token !== "(") return token === undefined ? NaN : Number(token);
    const value = sum();
    return tokens[at++] === ")" ? value : NaN;
  };
  const value = sum();
  return at === tokens.length && !Number.isNaN(value) ? value : undefined;
}
