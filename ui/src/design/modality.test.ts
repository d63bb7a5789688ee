import { fireEvent } from "@testing-library/react";
import { expect, it } from "vitest";

import { startModality } from "./modality";

it("follows whether keys or the pointer move the focus; letters say nothing", () => {
  const stop = startModality();
  const led = () => document.documentElement.hasAttribute("data-keyboard");
  expect(led()).toBe(false);
  fireEvent.keyDown(document.body, { key: "a" });
  expect(led()).toBe(false);
  fireEvent.keyDown(document.body, { key: "F6" });
  expect(led()).toBe(true);
  fireEvent.pointerDown(document.body);
  expect(led()).toBe(false);
  stop();
});
