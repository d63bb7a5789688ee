import { expect, it } from "vitest";

import { newId } from "../documents/newId";
import { MOST_SHOWN } from "../ipc/presence";
import { compose } from "./own";
import { node } from "./testing";

const shown = { cursor: { x: 1, y: 2 }, shown: {} };

it("shows only what belongs to the document that is worked in", () => {
  const parts = {
    document: "loop",
    selection: { document: "score", refs: [node("a")] },
    editors: new Map([
      ["loop", shown],
      ["score", { ...shown, cursor: { x: 9, y: 9 } }],
    ]),
    following: null,
  };
  expect(compose(parts)).toMatchObject({ document: "loop", cursor: { x: 1, y: 2 }, selection: [] });
  expect(compose({ ...parts, document: "score" })).toMatchObject({
    cursor: { x: 9, y: 9 },
    selection: [node("a")],
  });
  expect(compose({ ...parts, document: null })).toMatchObject({
    document: null,
    cursor: null,
    selection: [],
  });
});

it("shows of a large selection the beginning", () => {
  const refs = Array.from({ length: 5000 }, (_, at) => node(`n${at}`));
  const { selection } = compose({
    document: "loop",
    selection: { document: "loop", refs },
    editors: new Map(),
    following: "ann",
  });
  expect(selection).toHaveLength(MOST_SHOWN);
});

it("fits into what the live channel takes at once", () => {
  const refs = Array.from({ length: 5000 }, () => ({ collection: "comments", id: newId() }));
  const place = { x: -123456.7, y: -123456.7 };
  const ghosts = refs.slice(0, MOST_SHOWN).map((ref) => ({ ...ref, place }));
  const document = newId();
  const presence = compose({
    document,
    selection: { document, refs },
    editors: new Map([[document, { cursor: place, shown: { ghosts } }]]),
    following: "UAREPLICAWITHALONGNAMEOFFIFTYSIXLETTERSASKEYSHAVETHEMXXX",
  });
  expect(JSON.stringify(presence).length).toBeLessThan(16 * 1024);
});
