import { describe, expect, it } from "vitest";

import { ON_THIS_DISK } from "../ipc";
import type { ConnectionStatus } from "../ipc";
import { connectionLabel, connectionText, edits, historyShare } from "./connection";

describe("the connection in words", () => {
  it.each<[Partial<ConnectionStatus>, string]>([
    [{}, "On this disk"],
    [{ state: "connecting" }, "Connecting…"],
    [{ state: "syncing" }, "Syncing"],
    [{ state: "syncing", done: "312", total: "1400" }, `Syncing 312 of ${(1400).toLocaleString()}`],
    [{ state: "online" }, "Online"],
    [{ state: "offline" }, "Offline"],
    [{ state: "offline", waiting: "12" }, "Offline · 12 waiting"],
    [{ state: "refused" }, "Refused"],
  ])("%j is %s", (changed, label) => {
    expect(connectionLabel({ ...ON_THIS_DISK, ...changed })).toBe(label);
  });

  it("says of every state that the work is on the disk", () => {
    for (const state of ["local", "connecting", "syncing", "online", "offline", "refused"] as const) {
      expect(connectionText({ ...ON_THIS_DISK, state })).toContain("disk");
    }
  });

  it.each([
    ["1", "1 edit is saved"],
    ["2", "2 edits are saved"],
  ])("counts %s waiting", (waiting, words) => {
    expect(connectionText({ ...ON_THIS_DISK, state: "offline", waiting })).toContain(words);
  });

  it("counts edits", () => {
    expect([edits("0"), edits("1"), edits("2")]).toEqual(["0 edits", "1 edit", "2 edits"]);
  });

  it.each<[ConnectionStatus["history"], number | undefined]>([
    [null, undefined],
    [{ done: "0", total: "0" }, 0],
    [{ done: "30", total: "120" }, 0.25],
    [{ done: "130", total: "120" }, 1],
  ])("shares %j of the history", (history, share) => {
    expect(historyShare({ ...ON_THIS_DISK, history })).toBe(share);
  });
});
