import { expect, it } from "vitest";

import { MOST_SHOWN, NOTHING_SHOWN, readPeer } from "./presence";

const person = { id: "ann", name: "Ann", color: "#56c8ff" };

it("completes what was left out", () => {
  expect(readPeer({ replica: "r", person, presence: {} }).presence).toEqual(NOTHING_SHOWN);
});

it("leaves out places that are none", () => {
  const { presence } = readPeer({
    replica: "r",
    person,
    presence: {
      cursor: { x: null, y: 1 },
      viewport: { x: 0, y: 0, width: 0, height: 10 },
      ghosts: [
        { collection: "nodes", id: "a", place: { x: null, y: null } },
        { collection: "nodes", id: "b", place: { x: 1, y: 2 } },
      ],
    },
  });
  expect(presence.cursor).toBeNull();
  expect(presence.viewport).toBeNull();
  expect(presence.ghosts.map(({ id }) => id)).toEqual(["b"]);
});

it("takes of too much the beginning", () => {
  const selection = Array.from({ length: 9999 }, (_, at) => ({ collection: "nodes", id: `${at}` }));
  expect(readPeer({ replica: "r", person, presence: { selection } }).presence.selection).toHaveLength(
    MOST_SHOWN,
  );
});
