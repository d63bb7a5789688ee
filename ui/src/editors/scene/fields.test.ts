import { expect, it } from "vitest";

import { scene } from ".";

it("names gestures as the model does", () => {
  const eventOf = (collection: string, field: string) => {
    const kind = scene.inspector[collection]!;
    const fields = (kind.sections ?? []).flatMap((section) => section.fields);
    return fields.find((description) => description.field === field)?.event ?? kind.event;
  };
  expect(eventOf("entities", "name")).toBe("entity.rename");
  expect(eventOf("entities", "rotation")).toBe("entity.transform");
  expect(eventOf("entities", "visible")).toBe("entity.set");
  expect(eventOf("materials", "metallic")).toBe("material.set");
});
