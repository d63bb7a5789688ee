import { render } from "@testing-library/react";
import { expect, it } from "vitest";

import { Help } from "./Help";
import { shortcutLabel } from "./shortcutLabel";

it("lets names in a help stand out", () => {
  const { container } = render(<Help text="Goes on at *True* or at *False*, as the condition says." />);
  expect(container.textContent).toBe("Goes on at True or at False, as the condition says.");
  expect([...container.querySelectorAll("em")].map((name) => name.textContent)).toEqual(["True", "False"]);
});

it.each([
  ["Ctrl+Z Ctrl+Y", false, "Ctrl Z"],
  ["Ctrl+Shift+Z", true, "⌘ ⇧ Z"],
  ["Alt+Shift+ArrowLeft", false, "Alt Shift ←"],
  ["Ctrl++", false, "Ctrl +"],
  ["+ =", false, "+"],
])("writes %s as people read it", (shortcut, mac, label) => {
  expect(shortcutLabel(shortcut, mac)).toBe(label);
});
