import { describe, expect, it } from "vitest";

import { pointerTarget, pointerTo, retargeted } from "./pointer";

describe("pointers", () => {
  it.each([
    ["/nodes/dog/translation", { collection: "entities", id: "dog", rest: "translation" }],
    ["/nodes/01M8-x:y_Z", { collection: "entities", id: "01M8-x:y_Z", rest: "" }],
    [
      "/extensions/KHR_lights_punctual/lights/moon/spot/innerConeAngle",
      { collection: "lights", id: "moon", rest: "spot/innerConeAngle" },
    ],
  ])("%s names a record", (pointer, target) => {
    expect(pointerTarget(pointer)).toEqual(target);
    expect(pointerTo(target)).toBe(pointer);
  });

  it.each(["/nodes/[index]/scale", "/nodes/{node}/scale", "/nodes.length", "/scene", ""])(
    "%s names none",
    (pointer) => expect(pointerTarget(pointer)).toBeUndefined(),
  );

  it.each([
    ["/nodes/dog/scale", "entities", "cat", "/nodes/cat/scale"],
    ["/nodes/[index]/weights/[at]", "entities", "cat", "/nodes/cat/weights/[at]"],
    ["/nodes/dog/scale", "materials", "fur", "/materials/fur/pbrMetallicRoughness/baseColorFactor"],
    ["", "entities", "cat", "/nodes/cat/translation"],
  ])("%s becomes one of %s %s", (before, collection, id, after) => {
    expect(retargeted(before, collection, id)).toBe(after);
  });
});
