/** The servers this window has used, so that a link to another one is noticed. */

const KEY = "wissil.servers";
/** The oldest are forgotten: asking once more does no harm. */
const KEPT = 100;

export function isKnownServer(url: string): boolean {
  return remembered().includes(addressOf(url));
}

export function rememberServer(url: string): void {
  const address = addressOf(url);
  const servers = [address, ...remembered().filter((other) => other !== address)];
  localStorage.setItem(KEY, JSON.stringify(servers.slice(0, KEPT)));
}

/** Without its kind: a server is the same by `nats://` and by `tls://`. */
function addressOf(url: string): string {
  return url
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, "")
    .replace(/\/.*$/, "");
}

function remembered(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter((item) => typeof item === "string") : [];
  } catch {
    return [];
  }
}
