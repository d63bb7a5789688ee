import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { saving } from "../documents/saving";
import { setTabOpener } from "../documents/selection";
import { closeProjectHere } from "../testing/reset";
import { active } from "../project/activeDocument";
import { follow, followedPeer, stopFollowing, watchFollowing } from "./follow";
import { own } from "./own";
import { peers, received, withPeers } from "./peers";
import { peer } from "./testing";

const openDocument = vi.fn<(document: string) => void>();

const following = () => own.getState().following;
const moved = (replica: string, presence: Parameters<typeof peer>[1]) =>
  peers.setState((before) => received(before, { type: "moved", peer: peer(replica, presence) }));

let stop: () => void;
beforeEach(() => {
  closeProjectHere();
  openDocument.mockReset();
  setTabOpener(openDocument);
  stop = watchFollowing({ replica: "me", user: "you" });
  peers.setState(withPeers([peer("ann", { document: "loop" }), peer("bob")]));
});
afterEach(() => stop());

it("opens the document of whoever is followed, and each that they turn to", () => {
  follow("ann");
  expect(followedPeer()?.replica).toBe("ann");
  expect(openDocument).toHaveBeenLastCalledWith("loop");
  moved("ann", { document: "score" });
  expect(openDocument).toHaveBeenLastCalledWith("score");
  moved("ann", { document: "score", cursor: { x: 1, y: 1 } });
  expect(openDocument).toHaveBeenCalledTimes(2);
});

it("cannot follow who is not there", () => {
  follow("nobody");
  expect(following()).toBeNull();
});

it("ends when asked to, and when they leave", () => {
  follow("ann");
  stopFollowing();
  expect(following()).toBeNull();
  follow("ann");
  peers.setState((before) => received(before, { type: "left", replica: "ann" }));
  expect(following()).toBeNull();
});

it("ends with an edit of one's own", () => {
  follow("ann");
  saving.setState({ pending: 1 });
  expect(following()).toBeNull();
});

it("does not end when an edit from before is written", () => {
  saving.setState({ pending: 1 });
  follow("ann");
  saving.setState({ pending: 0 });
  expect(following()).toBe("ann");
});

it("ends with another tab than theirs", () => {
  follow("ann");
  active.setState({ document: "loop", tab: "loop" });
  expect(following()).toBe("ann");
  active.setState({ document: "scene" });
  expect(following()).toBe("ann");
  active.setState({ document: "score", tab: "score" });
  expect(following()).toBeNull();
});

it("does not follow who follows this window", () => {
  moved("ann", { following: "bob" });
  moved("bob", { following: "me" });
  follow("ann");
  expect(following()).toBeNull();
});

it("lets go of a loop in which several began at once, if it is the one to", () => {
  follow("ann");
  moved("ann", { document: "loop", following: "me" });
  expect(following()).toBeNull();
  stop();
  stop = watchFollowing({ replica: "aaa", user: "you" });
  moved("ann", { document: "loop" });
  follow("ann");
  moved("ann", { document: "loop", following: "aaa" });
  expect(following()).toBe("ann");
});
