import { expect, it } from "vitest";

import { sample } from "../testing";
import { ghostsOf, resizedGhost } from "../view/useShownPresence";
import { ghostBoxes, otherSelection } from "./others";

const comment = { text: "Why", position: { x: -40, y: -60 }, size: { width: 300, height: 200 } };
const graph = sample({ comments: { why: comment } });
const still = {
  area: { x: -1000, y: -1000, width: 3000, height: 3000 },
  rankOf: () => 0,
  shiftOf: () => ({ x: 0, y: 0 }),
};
const ref = (collection: string, id: string) => ({ collection, id });

it("outlines nodes and comments, follows wires, and names the topmost", () => {
  const selection = [ref("nodes", "add"), ref("nodes", "start"), ref("comments", "why"), ref("wires", "w1")];
  const { outlines, wires, named } = otherSelection(graph, selection, still);
  expect(outlines.map(({ key }) => key)).toEqual(["nodes add", "nodes start", "comments why"]);
  expect(outlines[0]?.rect).toEqual(graph.nodes.get("add")?.rect);
  expect(wires.map(({ key }) => key)).toEqual(["w1"]);
  expect(named?.key).toBe("comments why");
});

it("leaves out what does not exist here", () => {
  const selection = [ref("nodes", "gone"), ref("wires", "gone"), ref("entities", "start")];
  expect(otherSelection(graph, selection, still)).toEqual({
    outlines: [],
    wires: [],
    named: undefined,
  });
  expect(ghostBoxes(graph, [{ ...ref("nodes", "gone"), place: { x: 0, y: 0 } }])).toEqual([]);
});

it("leaves out what is far away", () => {
  const selection = [ref("nodes", "start"), ref("nodes", "branch")];
  const area = { x: 380, y: -100, width: 100, height: 200 };
  const { outlines, named } = otherSelection(graph, selection, { ...still, area });
  expect(outlines.map(({ key }) => key)).toEqual(["nodes branch"]);
  expect(named?.key).toBe("nodes branch");
});

it("moves outlines along with what this person drags", () => {
  const { outlines } = otherSelection(graph, [ref("nodes", "branch")], {
    ...still,
    rankOf: () => 1,
    shiftOf: () => ({ x: 8, y: -4 }),
  });
  expect(outlines[0]).toMatchObject({ rect: { x: 408, y: -4 }, rank: 1 });
});

it("shows what is dragged at the place it has on the other screen", () => {
  const ghosts = ghostsOf(graph, {
    nodes: new Set(["branch", "gone"]),
    comments: new Set(["why"]),
    by: { x: 10.04, y: 20 },
  });
  expect(ghosts).toEqual([
    { collection: "nodes", id: "branch", place: { x: 410, y: 20 } },
    { collection: "comments", id: "why", place: { x: -30, y: -40 } },
  ]);
  const [branch, why] = ghostBoxes(graph, ghosts);
  expect(branch).toMatchObject({ title: "Branch", rect: { x: 410, y: 20 } });
  expect(branch?.rect.width).toBe(graph.nodes.get("branch")?.rect.width);
  expect(why).toMatchObject({ title: "Why", rect: { x: -30, y: -40, width: 300, height: 200 } });
});

it("shows a comment that is resized as large as it is on the other screen", () => {
  const ghost = resizedGhost({ id: "why", rect: { x: -40, y: -90.04, width: 420.2, height: 230 } });
  expect(ghost).toEqual({
    ...ref("comments", "why"),
    place: { x: -40, y: -90 },
    size: { width: 420, height: 230 },
  });
  expect(ghostBoxes(graph, [ghost])).toMatchObject([
    { title: "Why", rect: { x: -40, y: -90, width: 420, height: 230 } },
  ]);
});
