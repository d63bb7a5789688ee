import { describe, expect, it } from "vitest";

import { hexFromLinear, linearFromHex } from "./color";
import { sharedValue } from "./values";

describe("colours", () => {
  it("every byte survives the way to linear and back", () => {
    for (let byte = 0; byte < 256; byte += 1) {
      const hex = `#${byte.toString(16).padStart(2, "0").repeat(3)}`;
      expect(hexFromLinear(linearFromHex(hex))).toBe(hex);
    }
  });
});

describe("values of several records", () => {
  const description = {
    field: "visible",
    label: "Visible",
    type: { kind: "toggle" as const },
    fallback: true,
  };
  it("are shared or not, absent ones read as their default", () => {
    expect(sharedValue([{}, { visible: true }], description)).toBe(true);
    expect(sharedValue([{}, { visible: false }], description)).toBeUndefined();
  });
});
