const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_LENGTH = 10;
const RANDOM_LENGTH = 16;

let lastTime = 0;
let lastRandom: number[] = [];

/** A ULID: sorts by the time it was made, and within one millisecond by the order of the calls. */
export function newId(now: number = Date.now()): string {
  if (now <= lastTime && lastRandom.length > 0) {
    lastRandom = increment(lastRandom);
  } else {
    lastTime = now;
    lastRandom = Array.from(crypto.getRandomValues(new Uint8Array(RANDOM_LENGTH)), (byte) => byte & 31);
  }
  return encodeTime(lastTime) + lastRandom.map((digit) => ALPHABET.charAt(digit)).join("");
}

function encodeTime(time: number): string {
  let text = "";
  for (let rest = time, at = 0; at < TIME_LENGTH; at += 1) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function increment(digits: readonly number[]): number[] {
  const next = [...digits];
  for (let at = next.length - 1; at >= 0; at -= 1) {
    const digit = next[at] ?? 0;
    if (digit < 31) {
      next[at] = digit + 1;
      break;
    }
    next[at] = 0;
  }
  return next;
}
