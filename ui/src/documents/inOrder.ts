/** Writes reach the session in the order in which people made them, though each is a call of its own. */

let last: Promise<unknown> = Promise.resolve();

/** Runs a write once those before it have ended, whether or not they succeeded. */
export function inOrder<T>(write: () => Promise<T>): Promise<T> {
  const mine = last.then(write, write);
  last = mine.catch(() => undefined);
  return mine;
}
