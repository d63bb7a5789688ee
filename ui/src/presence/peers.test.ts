import { expect, it } from "vitest";

import { NOBODY, received, withPeers } from "./peers";
import { node, peer } from "./testing";

const moved = (replica: string, presence: Parameters<typeof peer>[1]) =>
  ({ type: "moved", peer: peer(replica, presence) }) as const;

it("keeps people in the order in which they came", () => {
  const state = received(withPeers([peer("bob")]), { type: "joined", peer: peer("ann") });
  expect(state.residents.map(({ replica }) => replica)).toEqual(["bob", "ann"]);
  expect(received(state, moved("bob", { document: "loop" })).residents.map(({ replica }) => replica)).toEqual(
    ["bob", "ann"],
  );
});

it("changes nothing when a message repeats what is known", () => {
  const state = withPeers([peer("ann", { cursor: { x: 1, y: 2 }, selection: [node("a")] })]);
  expect(received(state, moved("ann", { cursor: { x: 1, y: 2 }, selection: [node("a")] }))).toBe(state);
});

it("leaves lists and marks alone while only a cursor moves", () => {
  const state = withPeers([peer("ann", { document: "loop", selection: [node("a")] })]);
  const after = received(
    state,
    moved("ann", { document: "loop", selection: [node("a")], cursor: { x: 5, y: 5 } }),
  );
  expect(after.peers.get("ann")?.presence.cursor).toEqual({ x: 5, y: 5 });
  expect(after.residents).toBe(state.residents);
  expect(after.marks).toBe(state.marks);
  expect(after.peers.get("ann")?.presence.selection).toBe(state.peers.get("ann")?.presence.selection);
});

it("leaves what an editor shows alone, part by part", () => {
  const ghosts = [{ id: "a" }];
  const state = withPeers([peer("ann", { shown: { ghosts, seen: 1 } })]);
  const after = received(state, moved("ann", { shown: { ghosts: [{ id: "a" }], seen: 2 } }));
  expect(after.peers.get("ann")?.presence.shown).toEqual({ ghosts, seen: 2 });
  expect(after.peers.get("ann")?.presence.shown.ghosts).toBe(ghosts);
});

it("knows who has selected what, document by document", () => {
  const state = withPeers([
    peer("ann", { document: "loop", selection: [node("a"), node("b"), node("a")] }),
    peer("bob", { document: "loop", selection: [node("a")] }),
    peer("cleo", { document: "score", selection: [node("a")] }),
  ]);
  expect(state.marks.get("loop")?.get("nodes/a")).toEqual(["ann", "bob"]);
  expect(state.marks.get("score")?.get("nodes/a")).toEqual(["cleo"]);
  const after = received(state, moved("ann", { document: "score", selection: [node("b")] }));
  expect(after.marks.get("loop")?.get("nodes/a")).toEqual(["bob"]);
  expect(after.marks.get("loop")?.has("nodes/b")).toBe(false);
  expect(after.marks.get("score")?.get("nodes/b")).toEqual(["ann"]);
});

it("forgets whoever left, with their marks", () => {
  const state = withPeers([peer("ann", { document: "loop", selection: [node("a")] })]);
  expect(received(state, { type: "left", replica: "ann" })).toEqual(NOBODY);
  expect(received(state, { type: "left", replica: "bob" })).toBe(state);
});

it("takes a move of somebody unknown as their coming", () => {
  expect(received(NOBODY, moved("ann", {})).residents).toHaveLength(1);
});
