import { beforeEach, expect, it } from "vitest";

import { isKnownServer, rememberServer } from "./knownServers";

beforeEach(() => localStorage.clear());

it("knows a server by its host and port, however it is reached", () => {
  rememberServer("nats://Studio.example.org:4222");
  expect(isKnownServer("tls://studio.example.org:4222/")).toBe(true);
  expect(isKnownServer("nats://studio.example.org:4223")).toBe(false);
});

it("forgets the oldest, and what it cannot read", () => {
  for (let at = 0; at <= 100; at += 1) rememberServer(`nats://host${at}:4222`);
  expect(isKnownServer("nats://host0:4222")).toBe(false);
  expect(isKnownServer("nats://host100:4222")).toBe(true);
  localStorage.setItem("wissil.servers", "{broken");
  expect(isKnownServer("nats://host100:4222")).toBe(false);
});
