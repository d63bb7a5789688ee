import { describe, expect, it } from "vitest";

import { EMPTY_SERVER, addressProblem, mayBeReadable, serverSettings, wholeAddress } from "./serverDraft";
import type { ServerDraft } from "./serverDraft";

describe("an address", () => {
  it.each([
    "nats://studio.example.org:4222",
    "nats://studio.example.org",
    "tls://10.0.0.1:4222/",
    "ws://localhost:8080",
    "wss://studio.example.org/nats/session",
    "nats://[::1]:4222",
    "studio:4222",
    "  NATS://studio:4222 ",
  ])("%s is good", (address) => expect(addressProblem(address)).toBeUndefined());

  it.each([
    ["", "such as"],
    ["http://studio:80", "not with http://"],
    ["nats://", "host"],
    ["nats://:4222", "host"],
    ["nats://a b:4222", "such as"],
    ["nats://studio:0", "65535"],
    ["nats://studio:99999", "65535"],
    ["nats://studio:port", "host"],
    ["nats://ann:secret@studio:4222", "Leave the name and the password out"],
    ["nats://studio:4222/there", "behind the port"],
  ])("%s is not", (address, problem) => expect(addressProblem(address)).toContain(problem));

  it("is nats:// unless it says otherwise", () => {
    expect(wholeAddress(" studio:4222/ ")).toBe("nats://studio:4222");
    expect(wholeAddress("wss://studio")).toBe("wss://studio");
    expect(wholeAddress(" ")).toBe("");
  });

  it.each([
    ["nats://studio:4222", true],
    ["ws://studio", true],
    ["tls://studio", false],
    ["wss://studio", false],
    ["nats://localhost:4222", false],
    ["nats://127.0.0.1:4222", false],
    ["", false],
  ])("%s may be readable: %s", (address, readable) =>
    expect(mayBeReadable({ url: address, certificate: "" })).toBe(readable),
  );

  it("is encrypted where a certificate is named, except over ws://", () => {
    expect(mayBeReadable({ url: "nats://studio:4222", certificate: "/ca.pem" })).toBe(false);
    expect(mayBeReadable({ url: "ws://studio:8080", certificate: "/ca.pem" })).toBe(true);
  });
});

describe("a server", () => {
  const draft = (changed: Partial<ServerDraft>) =>
    serverSettings({ ...EMPTY_SERVER, url: "studio:4222", ...changed });

  it.each<[string, Partial<ServerDraft>]>([
    ["a bad address", { url: "http://a" }],
    ["no address", { url: "" }],
    ["a name without a password", { login: "password", user: "ann" }],
    ["a password without a name", { login: "password", password: "secret" }],
    ["no token", { login: "token" }],
    ["no credentials file", { login: "credentials" }],
  ])("is not ready with %s", (_, changed) => expect(draft(changed)).toBeUndefined());

  it("sends what its login needs and nothing else", () => {
    const all = { user: "ann", password: " secret ", token: "t0k", file: "/ann.creds" };
    expect(draft({ ...all })).toEqual({
      url: "nats://studio:4222",
      login: { type: "none" },
      certificate: null,
    });
    expect(draft({ ...all, login: "password" })?.login).toEqual({
      type: "password",
      user: "ann",
      password: " secret ",
    });
    expect(draft({ ...all, login: "token" })?.login).toEqual({ type: "token", token: "t0k" });
    expect(draft({ ...all, login: "credentials" })?.login).toEqual({
      type: "credentials",
      file: "/ann.creds",
    });
    expect(draft({ certificate: " /ca.pem " })?.certificate).toEqual({ type: "file", file: "/ca.pem" });
  });
});
