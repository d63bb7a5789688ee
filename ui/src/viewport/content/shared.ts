/** What is fetched by CID, once for all viewports of the window, and let go when none needs it any more. */

/** Bytes or a picture on their way. `missing`: the project does not have them yet. */
export type Loaded<T> =
  | { state: "loading" }
  | { state: "missing" }
  | { state: "failed"; why: string }
  | { state: "here"; value: T };

const LOADING: Loaded<never> = { state: "loading" };

/** Said by whoever loads: the project does not have the object yet. */
export class NotHere extends Error {}

interface Held<T> {
  loaded: Loaded<T>;
  readonly users: Set<() => void>;
}

export class Shared<T> {
  private readonly held = new Map<string, Held<T>>();

  constructor(
    private readonly load: (cid: string) => Promise<T>,
    private readonly drop: (value: T) => void = () => undefined,
  ) {}

  /** How many are held. */
  get size(): number {
    return this.held.size;
  }

  /** Has it loaded, and told of, until the answer is called. */
  hold(cid: string, changed: () => void): () => void {
    const held = this.held.get(cid) ?? { loaded: LOADING, users: new Set() };
    if (held.users.size === 0) {
      this.held.set(cid, held);
      this.begin(cid, held);
    }
    const user = () => changed();
    held.users.add(user);
    return () => {
      held.users.delete(user);
      if (held.users.size > 0 || this.held.get(cid) !== held) return;
      this.held.delete(cid);
      if (held.loaded.state === "here") this.drop(held.loaded.value);
    };
  }

  /** How far it is; somebody must {@link hold} it. */
  get(cid: string): Loaded<T> {
    return this.held.get(cid)?.loaded ?? LOADING;
  }

  /** Objects came: asks again for those that were missing. */
  retry(): void {
    for (const [cid, held] of this.held) if (held.loaded.state === "missing") this.begin(cid, held);
  }

  private begin(cid: string, held: Held<T>): void {
    const settle = (loaded: Loaded<T>) => {
      if (this.held.get(cid) === held) {
        const isSame = held.loaded.state === "missing" && loaded.state === "missing";
        held.loaded = loaded;
        if (!isSame) for (const changed of [...held.users]) changed();
      } else if (loaded.state === "here") {
        this.drop(loaded.value);
      }
    };
    this.load(cid).then(
      (value) => settle({ state: "here", value }),
      (thrown: unknown) =>
        settle(
          thrown instanceof NotHere
            ? { state: "missing" }
            : { state: "failed", why: thrown instanceof Error ? thrown.message : String(thrown) },
        ),
    );
  }
}
