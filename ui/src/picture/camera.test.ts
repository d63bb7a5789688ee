import { expect, it } from "vitest";

import { DocumentRecords } from "../documents/records";
import { cameraCalled } from "./camera";

const records = new DocumentRecords({
  collections: {
    entities: {
      a: { name: "Tower", camera: "c1" },
      b: { name: "Left", camera: "c2" },
      c: { name: "Right", camera: "c2" },
      d: { name: "Gone", camera: "none" },
    },
    cameras: { c1: { name: "Long shot" }, c2: { name: "Eye" } },
  },
  derived: {},
});

it.each([["Tower"], ["Long shot"]])("finds %s", (name) => {
  expect(cameraCalled(records, name)).toEqual({ entity: "a", camera: { name: "Long shot" } });
});

it("says which there are", () => {
  expect(cameraCalled(records, "Gone")).toEqual({
    why: "no camera is called “Gone”; there are Tower, Left, Right",
  });
  expect(cameraCalled(records, "Eye")).toMatchObject({ why: expect.stringContaining("2 cameras") as string });
  expect(cameraCalled(new DocumentRecords({ collections: {}, derived: {} }), "Eye")).toMatchObject({
    why: expect.stringContaining("no camera") as string,
  });
});
