/** A server as it is being typed, and what is wrong with it. */
import type { LoginKind, ServerSettings } from "../ipc/types";

export interface ServerDraft {
  url: string;
  login: LoginKind;
  user: string;
  password: string;
  token: string;
  /** The credentials file. */
  file: string;
  /** A file with the certificate to trust in place of the system's; empty for none. */
  certificate: string;
}

export const EMPTY_SERVER: ServerDraft = {
  url: "",
  login: "none",
  user: "",
  password: "",
  token: "",
  file: "",
  certificate: "",
};

const EXAMPLE = "nats://studio.example.org:4222";
const KNOWN = ["nats", "tls", "ws", "wss"];

/** The address with its kind, which `nats://` is unless one says otherwise. */
export function wholeAddress(typed: string): string {
  const address = typed.trim().replace(/\/+$/, "");
  return address === "" || address.includes("://") ? address : `nats://${address}`;
}

/** What is wrong with an address, and what to write instead; undefined for a good one. */
export function addressProblem(typed: string): string | undefined {
  const address = wholeAddress(typed);
  const parts = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/i.exec(address);
  const [, kind = "", place = "", rest = ""] = parts ?? [];
  if (!parts || /\s/.test(address)) return `Write an address such as ${EXAMPLE}.`;
  if (!KNOWN.includes(kind.toLowerCase())) {
    return `An address begins with nats://, tls://, ws:// or wss://, not with ${kind}://.`;
  }
  if (place.includes("@")) {
    return "Leave the name and the password out of the address; there are fields for them below.";
  }
  const host = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d+))?$/i.exec(place);
  if (!host) return `Write a host and a port, such as ${EXAMPLE}.`;
  const port = host[2] === undefined ? 1 : Number(host[2]);
  if (port < 1 || port > 65535) return "A port is a number from 1 to 65535.";
  if (rest !== "" && !kind.toLowerCase().startsWith("ws"))
    return `Nothing stands behind the port: ${EXAMPLE}.`;
  return undefined;
}

/** Whether what is sent to that address may be readable on its way: not where a certificate is named. */
export function mayBeReadable({ url, certificate }: Pick<ServerDraft, "url" | "certificate">): boolean {
  const [kind = "", place = ""] = wholeAddress(url).toLowerCase().split("://");
  const isHere = /^(localhost|127\.|\[::1\])/.test(place);
  const isReadable = kind === "ws" || (kind === "nats" && certificate.trim() === "");
  return isReadable && place !== "" && !isHere;
}

/** The settings, once nothing is missing. */
export function serverSettings(draft: ServerDraft): ServerSettings | undefined {
  if (draft.url.trim() === "" || addressProblem(draft.url) !== undefined) return undefined;
  const login = loginOf(draft);
  const file = draft.certificate.trim();
  const certificate = file === "" ? null : { type: "file" as const, file };
  return login && { url: wholeAddress(draft.url), login, certificate };
}

function loginOf({ login, user, password, token, file }: ServerDraft): ServerSettings["login"] | undefined {
  switch (login) {
    case "none":
      return { type: "none" };
    case "password":
      return user.trim() === "" || password === ""
        ? undefined
        : { type: "password", user: user.trim(), password };
    case "token":
      return token.trim() === "" ? undefined : { type: "token", token: token.trim() };
    case "credentials":
      return file.trim() === "" ? undefined : { type: "credentials", file: file.trim() };
  }
}
