import { describe, expect, it } from "vitest";

import { boundsOf, positionOf, rectOf, type FieldValue } from "../model/records";
import { GRID } from "../model/snap";
import { counter, sample, testLanguage } from "../testing";
import { fragmentOf, parse, paste, serialise, type Fragment } from "./clipboard";

const variables = { v1: { name: "score", initial: { type: "int", value: [0] }, order: 3 } };
const source = sample({
  nodes: {
    get: { op: "variable/get", position: { x: 100, y: 400 }, "configuration.variable": ["v1"], order: 7 },
    set: {
      op: "variable/set",
      position: { x: 300, y: 400 },
      "configuration.variables": ["v1"],
      "values.v1": { type: "int", value: [3] },
    },
  },
  wires: {
    w5: { kind: "value", from: "get", output: "value", to: "set", input: "v1", route: [{ x: 200, y: 420 }] },
  },
  variables,
});
const copy = (...nodes: string[]): Fragment => {
  const parsed = parse(
    testLanguage,
    serialise(testLanguage, fragmentOf(source, { nodes: new Set(nodes), comments: new Set() })!),
  );
  if ("problem" in parsed) throw new Error(parsed.problem);
  return parsed.fragment;
};
const puts = (fragment: Fragment, into = sample()) =>
  paste(into, fragment, { by: { x: 900, y: 600 } }, counter()).gesture.changes.map((change) =>
    "put" in change ? { in: change.collection, ...change.put } : change,
  );

describe("copy and paste", () => {
  it("takes the wires between what is copied, and the variables it names", () => {
    const fragment = copy("get", "set", "start");
    expect(Object.keys(fragment.wires)).toEqual(["w5"]);
    expect(Object.keys(fragment.named["variables"] ?? {})).toEqual(["v1"]);
  });

  it("renews ids, moves everything and creates a missing variable", () => {
    expect(puts(copy("get", "set"))).toEqual([
      { in: "variables", name: "score", initial: { type: "int", value: [0] } },
      { in: "nodes", op: "variable/get", position: { x: 1000, y: 1000 }, "configuration.variable": ["new1"] },
      {
        in: "nodes",
        op: "variable/set",
        position: { x: 1200, y: 1000 },
        "configuration.variables": ["new1"],
        "values.new1": { type: "int", value: [3] },
      },
      {
        in: "wires",
        kind: "value",
        from: "new2",
        output: "value",
        to: "new3",
        input: "new1",
        route: [{ x: 1100, y: 1020 }],
      },
    ]);
  });

  it("finds a variable of that name and type, and gives another name where the type differs", () => {
    const same = sample({ variables: { other: { name: "score", initial: { type: "int", value: [9] } } } });
    expect(puts(copy("get"), same)).toMatchObject([{ in: "nodes", "configuration.variable": ["other"] }]);
    const differs = sample({
      variables: { other: { name: "score", initial: { type: "bool", value: [true] } } },
    });
    expect(puts(copy("get"), differs)[0]).toMatchObject({ in: "variables", name: "score 2" });
  });

  it.each([
    [["get", "set"], { x: 1000, y: 1000 }],
    [["start"], { x: -37, y: 12.5 }],
  ])("brings the middle of %j to where it is wanted, on the grid", (nodes, around) => {
    const into = sample();
    const { gesture } = paste(into, copy(...nodes), { around }, counter());
    const rects = gesture.changes.flatMap((change) =>
      change.collection === "nodes" && "put" in change
        ? [rectOf(positionOf(change.put), into.measure(change.put))]
        : [],
    );
    const { x, y, width, height } = boundsOf(rects)!;
    expect(Math.abs(x + width / 2 - around.x)).toBeLessThanOrEqual(GRID / 2);
    expect(Math.abs(y + height / 2 - around.y)).toBeLessThanOrEqual(GRID / 2);
    expect([x % GRID, y % GRID].map(Math.abs)).toEqual([0, 0]);
  });

  it("keeps the variable when it is pasted into the same graph", () => {
    expect(puts(copy("get"), source)).toMatchObject([{ in: "nodes", "configuration.variable": ["v1"] }]);
  });
});

describe("parse", () => {
  const envelope = (parts: object) => JSON.stringify({ format: "wissil/test", version: 1, ...parts });
  it.each([
    ["other text", "hello"],
    ["other JSON", "{}"],
    ["an array", "[]"],
    ["a newer version", JSON.stringify({ format: "wissil/test", version: 2 })],
    ["nothing", envelope({ nodes: {} })],
    ["no operations", envelope({ nodes: { a: { position: { x: 0, y: 0 } }, b: 3, c: null } })],
    ["illegal ids", envelope({ nodes: { "a b": { op: "math/add" } } })],
  ])("refuses %s", (_, text) => expect(parse(testLanguage, text)).toHaveProperty("problem"));

  it("drops wires that lead out of it or say nothing", () => {
    const wires = {
      w1: { kind: "flow", from: "a", output: "out", to: "gone", input: "in" },
      w2: { kind: "smoke", from: "a", output: "out", to: "a", input: "in" },
      w3: { kind: "flow", from: "a", output: "out", to: "a", input: "in" },
    };
    const parsed = parse(testLanguage, envelope({ nodes: { a: { op: "flow/branch" } }, wires }));
    expect("fragment" in parsed && Object.keys(parsed.fragment.wires)).toEqual(["w3"]);
  });
});

it("stands beside what is there already, however often it is pasted", () => {
  const fragment = copy("get", "set");
  const around = { x: 500, y: 500 };
  const nodes: Record<string, Record<string, FieldValue>> = {};
  const places = new Set<string>();
  for (let time = 0; time < 4; time += 1) {
    const { gesture } = paste(sample({ nodes, variables }), fragment, { around }, counter());
    for (const change of gesture.changes) {
      if (change.collection !== "nodes" || !("put" in change)) continue;
      nodes[`${time} ${change.id}`] = change.put;
      const { x, y } = positionOf(change.put);
      places.add(`${x} ${y}`);
    }
  }
  expect(places.size).toBe(8);
});
