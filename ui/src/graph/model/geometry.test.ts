import { describe, expect, it } from "vitest";

import { sample, sampleShapes, shape, socket, testLanguage } from "../testing";
import {
  HEADER_HEIGHT,
  MAX_WIDTH,
  MIN_WIDTH,
  findPin,
  nodeGeometry,
  ROW_HEIGHT,
  socketKey,
  unconnected,
} from "./geometry";

describe("nodeGeometry", () => {
  it("puts inputs left and outputs right, flow above values, on equal lines", () => {
    const { pins, width, rows, height } = nodeGeometry(
      testLanguage,
      sampleShapes["branch"]!,
      {},
      unconnected,
    );
    expect(rows).toHaveLength(2);
    expect(pins.map(({ side, kind, socket: { id } }) => `${side} ${kind} ${id}`)).toEqual([
      "input flow in",
      "output flow true",
      "input value condition",
      "output flow false",
    ]);
    for (const pin of pins) expect(pin.at.x).toBe(pin.side === "input" ? 0 : width);
    expect(height).toBeGreaterThan(HEADER_HEIGHT + 2 * ROW_HEIGHT);
  });

  it("is the same for the same input and always whole pixels within its limits", () => {
    for (const title of [
      "A",
      "A title that goes on and on and on, as titles of pointers do, without an end in sight",
    ]) {
      const one = nodeGeometry(testLanguage, shape({ title }), {}, unconnected);
      expect(one).toEqual(nodeGeometry(testLanguage, shape({ title }), {}, unconnected));
      expect(one.width % 8).toBe(0);
      expect(one.width).toBeGreaterThanOrEqual(MIN_WIDTH);
      expect(one.width).toBeLessThanOrEqual(MAX_WIDTH);
    }
  });

  it("offers a field for an unconnected value of a small type only", () => {
    const valuesIn = [
      socket("f", "float"),
      socket("v", "float3"),
      socket("m", "float4x4"),
      socket("x"),
      socket("open", null, ["int"]),
    ];
    const connected = { inputs: new Set([socketKey("value", "f")]), outputs: new Set<string>() };
    const { pins } = nodeGeometry(testLanguage, shape({ valuesIn }), {}, connected);
    expect(pins.map(({ inline }) => inline)).toEqual([null, "float3", null, null, "int"]);
  });

  it("keeps a pin for a wire whose socket is gone", () => {
    const connected = { inputs: new Set([socketKey("value", "old")]), outputs: new Set<string>() };
    const { pins } = nodeGeometry(testLanguage, shape(), {}, connected);
    expect(
      findPin({ pins, rows: [], width: 0, height: 0 }, { side: "input", kind: "value", socket: "old" })
        ?.missing,
    ).toBe(true);
  });

  it("tells a flow socket from a value socket of the same name", () => {
    const graph = sample();
    const both = nodeGeometry(
      testLanguage,
      shape({ flowIn: [socket("a")], valuesIn: [socket("a", "int")] }),
      {},
      unconnected,
    );
    expect(findPin(both, { side: "input", kind: "flow", socket: "a" })).not.toBe(
      findPin(both, { side: "input", kind: "value", socket: "a" }),
    );
    expect(graph.nodes.get("branch")?.connected.inputs).toEqual(new Set(["flow:in", "value:condition"]));
  });
});
