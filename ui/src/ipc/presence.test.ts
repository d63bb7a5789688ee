import { expect, it } from "vitest";

import { MOST_SHOWN, NOTHING_SHOWN, readPeer } from "./presence";

const person = { id: "ann", name: "Ann", color: "#56c8ff" };

it("completes what was left out", () => {
  expect(readPeer({ replica: "r", person, presence: {} }).presence).toEqual(NOTHING_SHOWN);
});

it("leaves out what is none", () => {
  const { presence } = readPeer({
    replica: "r",
    person,
    presence: {
      cursor: { x: null, y: 1 },
      shown: ["no", "object"],
    },
  });
  expect(presence.cursor).toBeNull();
  expect(presence.shown).toEqual({});
});

it("takes of too much the beginning", () => {
  const selection = Array.from({ length: 9999 }, (_, at) => ({ collection: "nodes", id: `${at}` }));
  expect(readPeer({ replica: "r", person, presence: { selection } }).presence.selection).toHaveLength(
    MOST_SHOWN,
  );
});
