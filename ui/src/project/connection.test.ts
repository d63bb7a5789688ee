import { describe, expect, it } from "vitest";

import { ON_THIS_DISK } from "../ipc/network";
import type { ConnectionStatus } from "../ipc/types";
import {
  connectionLabel,
  connectionText,
  connectionTitle,
  edits,
  historyShare,
  whatIsLeft,
} from "./connection";

describe("the connection in words", () => {
  it.each<[Partial<ConnectionStatus>, string]>([
    [{}, "On this disk"],
    [{ state: "connecting" }, "Connecting…"],
    [{ state: "syncing" }, "Syncing"],
    [{ state: "syncing", done: "312", total: "1400" }, `Syncing 312 of ${(1400).toLocaleString()}`],
    [{ state: "syncing", files: { done: "5", total: "57" } }, "Syncing 5 of 57 files"],
    [{ state: "syncing", done: "0", total: "30", waiting: "30", settled: true }, "Not sent: 30 edits"],
    [{ state: "online" }, "Online"],
    [{ state: "online", left: ["2 files to fetch"] }, "Online"],
    [{ state: "online", left: ["2 files that nobody has sent yet"], settled: true }, "Online · incomplete"],
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

  it("says what is left only where the server answers", () => {
    const left = ["3 edits to send", "1 file to fetch"];
    const at = (state: ConnectionStatus["state"]) => ({ ...ON_THIS_DISK, state, left });
    expect(whatIsLeft(at("online"))).toEqual(left);
    expect(whatIsLeft(at("offline"))).toEqual([]);
    expect(connectionTitle({ ...at("syncing"), problem: "No room." })).toMatch(
      /^No room\.\nEverything is saved .*\n• 3 edits to send\n• 1 file to fetch$/,
    );
    expect(connectionText(at("online"))).not.toContain("Everything is on");
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
