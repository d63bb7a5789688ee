/** Sends what changes often seldom enough: the latest only, at most once per interval, and only what is new. */

export interface Sender {
  /** Something may have changed. What is sent is read at the last moment. */
  changed: () => void;
  stop: () => void;
}

interface Sending<T> {
  /** What there is to send now. */
  read: () => T;
  send: (value: T) => Promise<unknown>;
  /** The least time between two sendings, in milliseconds. */
  interval: () => number;
}

export function createSender<T>({ read, send, interval }: Sending<T>): Sender {
  let sent: string | undefined;
  let sentAt = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let busy = false;
  let again = false;
  let stopped = false;

  const flush = (): void => {
    timer = undefined;
    const value = read();
    const written = JSON.stringify(value);
    if (written === sent) return;
    sent = written;
    sentAt = performance.now();
    busy = true;
    send(value)
      .catch(() => {
        // Nobody was told: the next change is sent even if it leads back to what was tried now.
        sent = undefined;
      })
      .finally(() => {
        busy = false;
        if (again) changed();
      });
  };
  const changed = (): void => {
    if (stopped || timer !== undefined) return;
    // A shell that is slow to answer gets the latest when it has, not a queue.
    again = busy;
    if (busy) return;
    const wait = sentAt + interval() - performance.now();
    if (wait <= 0) flush();
    else timer = setTimeout(flush, Math.ceil(wait));
  };
  return {
    changed,
    stop: () => {
      stopped = true;
      again = false;
      clearTimeout(timer);
    },
  };
}
