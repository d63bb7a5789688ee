import { expect, it } from "vitest";

import { MOST_SHOWN } from "../../ipc/presence";
import type { Shown } from "../../ipc/types";
import { ghostsIn, graphShown, seenIn } from "./shown";

const ref = { collection: "nodes", id: "b" };

it("reads what it shows", () => {
  const seen = { x: 1, y: 2, width: 30, height: 40 };
  const ghosts = [{ ...ref, place: { x: 1, y: 2 }, size: { width: 3, height: 4 } }];
  const shown = graphShown({ seen, ghosts });
  expect(seenIn(shown)).toEqual(seen);
  expect(ghostsIn(shown.ghosts)).toEqual(ghosts);
});

it.each<[Shown]>([[{}], [{ seen: null, ghosts: null }], [{ seen: "all", ghosts: { length: 3 } }]])(
  "passes over %j",
  (shown) => {
    expect(seenIn(shown)).toBeUndefined();
    expect(ghostsIn(shown.ghosts)).toEqual([]);
  },
);

it("leaves out places that are none", () => {
  expect(seenIn({ seen: { x: 0, y: 0, width: 0, height: 10 } })).toBeUndefined();
  const ghosts = [
    null,
    { collection: "nodes", id: 7, place: { x: 1, y: 2 } },
    { ...ref, place: { x: null, y: null } },
    { ...ref, place: { x: 1, y: 2 }, size: { width: -1, height: 2 } },
  ];
  expect(ghostsIn(ghosts)).toEqual([{ ...ref, place: { x: 1, y: 2 } }]);
});

it("shows of too much the beginning", () => {
  const ghosts = Array.from({ length: 9999 }, () => ({ ...ref, place: { x: 1, y: 2 } }));
  expect(graphShown({ ghosts }).ghosts).toHaveLength(MOST_SHOWN);
  expect(ghostsIn(ghosts)).toHaveLength(MOST_SHOWN);
});
