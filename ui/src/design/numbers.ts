/** Reading and writing numbers in fields. */

/**
 * The number a text stands for; undefined when it is none. Accepts a comma as decimal sign and plain arithmetic:
 * `1/3`, `2 * (3 + 0,5)`.
 */
export function parseNumber(text: string): number | undefined {
  const tokens = tokenize(text);
  if (!tokens || tokens.length === 0) return undefined;
  const reader = { tokens, at: 0 };
  const value = readSum(reader);
  return value !== undefined && reader.at === tokens.length && Number.isFinite(value) ? value : undefined;
}

/** What numbers a field takes. */
export interface NumberLimits {
  min?: number | undefined;
  max?: number | undefined;
  integer?: boolean | undefined;
}

/** Why a text is none of the numbers that a field takes, if so. */
export function numberProblem(text: string, limits: NumberLimits = {}): string | undefined {
  if (text.trim() === "") return "A number is needed";
  const value = parseNumber(text);
  if (value !== undefined) return limitProblem(tidy(value), limits);
  const tokens = tokenize(text);
  return tokens?.includes(Infinity) ? "This is larger than any number" : `“${text.trim()}” is no number`;
}

/** Why a number is none that a field takes, if so: what it would take. */
export function limitProblem(value: number, { min, max, integer }: NumberLimits): string | undefined {
  if (integer && !Number.isInteger(value)) return "A whole number is needed";
  if (value >= (min ?? -Infinity) && value <= (max ?? Infinity)) return undefined;
  if (max === undefined) return `It is at least ${min}`;
  return min === undefined ? `It is at most ${max}` : `It goes from ${min} to ${max}`;
}

/** A number for a narrow field: at most `digits` after the point, no trailing zeros beyond two digits. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  if (value !== 0 && (Math.abs(value) < 10 ** -digits || Math.abs(value) >= 1e15))
    return value.toExponential(2);
  return trimmed(value.toFixed(digits));
}

/** A number with all the digits that tell it from others, without the noise of arithmetic. */
export function exactNumber(value: number): string {
  return String(tidy(value));
}

/**
 * A number in at most so many characters: with fewer digits after the point, then as a power of ten. What has no shorter
 * form stands as short as it can.
 */
export function fitNumber(value: number, characters: number): string {
  const whole = formatNumber(value);
  if (whole.length <= characters || !Number.isFinite(value)) return whole;
  for (let digits = 3; digits >= 0; digits -= 1) {
    const text = trimmed(value.toFixed(digits));
    // A fraction must not read as nothing.
    if (text.length <= characters && (Number(text) !== 0 || value === 0)) return text;
  }
  for (let digits = Math.min(characters, 12); digits >= 0; digits -= 1) {
    const [mantissa = "", exponent = ""] = value.toExponential(digits).split("e");
    const text = `${trimmed(mantissa)}e${Number(exponent)}`;
    if (text.length <= characters || digits === 0) return text;
  }
  return whole;
}

function trimmed(decimal: string): string {
  return decimal.includes(".") ? decimal.replace(/0+$/, "").replace(/\.$/, "") : decimal;
}

/** How much one step of a scrub or an arrow key adds to a value: about a hundredth of its magnitude. */
export function stepFor(value: number, integer: boolean): number {
  if (integer) return 1;
  const magnitude = Math.abs(value);
  if (magnitude < 1) return 0.01;
  if (magnitude < 100) return 0.1;
  return 1;
}

export function clamp(value: number, min: number | undefined, max: number | undefined): number {
  return Math.min(max ?? Infinity, Math.max(min ?? -Infinity, value));
}

/** Takes away the noise of adding steps: 0.1 + 0.2 is 0.3. */
export function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

type Token = number | "+" | "-" | "*" | "/" | "(" | ")";

function tokenize(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  const pattern = /\s*(?:((?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?)|([-+*/()]))/y;
  const source = text.trim();
  while (pattern.lastIndex < source.length) {
    const match = pattern.exec(source);
    if (!match) return undefined;
    tokens.push(match[1] !== undefined ? Number(match[1].replace(",", ".")) : (match[2] as Token));
  }
  return tokens;
}

interface Reader {
  tokens: readonly Token[];
  at: number;
}

function readSum(reader: Reader): number | undefined {
  let value = readProduct(reader);
  while (value !== undefined) {
    const sign = reader.tokens[reader.at];
    if (sign !== "+" && sign !== "-") break;
    reader.at += 1;
    const next = readProduct(reader);
    if (next === undefined) return undefined;
    value = sign === "+" ? value + next : value - next;
  }
  return value;
}

function readProduct(reader: Reader): number | undefined {
  let value = readFactor(reader);
  while (value !== undefined) {
    const sign = reader.tokens[reader.at];
    if (sign !== "*" && sign !== "/") break;
    reader.at += 1;
    const next = readFactor(reader);
    if (next === undefined) return undefined;
    value = sign === "*" ? value * next : value / next;
  }
  return value;
}

function readFactor(reader: Reader): number | undefined {
  const token = reader.tokens[reader.at];
  reader.at += 1;
  if (typeof token === "number") return token;
  if (token === "-" || token === "+") {
    const value = readFactor(reader);
    return value === undefined ? undefined : token === "-" ? -value : value;
  }
  if (token === "(") {
    const value = readSum(reader);
    if (reader.tokens[reader.at] !== ")") return undefined;
    reader.at += 1;
    return value;
  }
  return undefined;
}
