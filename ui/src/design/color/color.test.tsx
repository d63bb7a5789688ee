import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { ColorField } from "./ColorField";
import { hexFromHsv, hsvFromHex, parseHexColor } from "./hsv";

describe("hue, saturation and value", () => {
  it.each([
    ["#ff0000", { h: 0, s: 1, v: 1 }],
    ["#00ff80", { h: 150.11764705882354, s: 1, v: 1 }],
    ["#808080", { h: 0, s: 0, v: 128 / 255 }],
    ["#000000", { h: 0, s: 0, v: 0 }],
  ])("of %s", (hex, hsv) => expect(hsvFromHex(hex)).toEqual(hsv));

  it("lead back to the colour they were read from", () => {
    for (let at = 0; at < 4096; at += 7) {
      const hex = `#${[at >> 8, (at >> 4) & 15, at & 15].map((part) => `${part.toString(16)}5`).join("")}`;
      expect(hexFromHsv(hsvFromHex(hex))).toBe(hex);
    }
  });

  it("keep the hue of a grey and the saturation of black", () => {
    expect(hsvFromHex("#808080", 210, 0.4)).toMatchObject({ h: 210, s: 0 });
    expect(hsvFromHex("#000000", 210, 0.4)).toEqual({ h: 210, s: 0.4, v: 0 });
  });
});

it.each([
  ["#FFF", "#ffffff"],
  ["1a2B3c", "#1a2b3c"],
  [" #1a2b3c ", "#1a2b3c"],
  ["#12", undefined],
  ["red", undefined],
])("reads %j as %s", (text, color) => expect(parseHexColor(text)).toBe(color));

describe("the colour field", () => {
  const user = userEvent.setup();
  beforeEach(() => localStorage.clear());

  async function open(value: string | undefined = "#ff0000") {
    const onCommit = vi.fn();
    const shown = (color: string | undefined) => (
      <ColorField label="Tint" value={color} onCommit={onCommit} />
    );
    const { rerender } = render(shown(value));
    onCommit.mockImplementation((color: string) => rerender(shown(color)));
    await user.click(screen.getByRole("button", { name: "Tint" }));
    await screen.findByRole("slider", { name: "Hue" });
    return onCommit;
  }

  it("is used by keyboard, a key held down being one gesture", async () => {
    const onCommit = await open();
    const area = screen.getByRole("slider", { name: "Saturation and value" });
    for (let count = 0; count < 10; count += 1) fireEvent.keyDown(area, { key: "ArrowLeft" });
    expect(onCommit).not.toHaveBeenCalled();
    fireEvent.keyUp(area, { key: "ArrowLeft" });
    expect(onCommit.mock.calls).toEqual([["#ff1919"]]);
    const hue = screen.getByRole("slider", { name: "Hue" });
    fireEvent.keyDown(hue, { key: "ArrowRight", shiftKey: true });
    fireEvent.keyUp(hue, { key: "ArrowRight" });
    expect(onCommit).toHaveBeenLastCalledWith(hexFromHsv({ h: 10, s: 0.9, v: 1 }));
  });

  it("takes a drag as one gesture and keeps the hue of what becomes grey on the way", async () => {
    const onCommit = await open("#0000ff");
    const area = screen.getByRole("slider", { name: "Saturation and value" });
    area.getBoundingClientRect = () => new DOMRect(0, 0, 200, 100);
    area.setPointerCapture = () => undefined;
    fireEvent.pointerDown(area, { button: 0, buttons: 1, clientX: 200, clientY: 0 });
    fireEvent.pointerMove(area, { buttons: 1, clientX: 0, clientY: 50 });
    expect(onCommit).not.toHaveBeenCalled();
    fireEvent.pointerMove(area, { buttons: 1, clientX: 100, clientY: 0 });
    fireEvent.pointerUp(area, { button: 0 });
    expect(onCommit.mock.calls).toEqual([["#8080ff"]]);
  });

  it("takes numbers, a hex text and swatches, and offers again what was chosen", async () => {
    const onCommit = await open();
    const value = screen.getByRole("spinbutton", { name: "Value %" });
    await user.clear(value);
    await user.type(value, "50{Enter}");
    expect(onCommit).toHaveBeenLastCalledWith("#800000");
    const hex = screen.getByRole("textbox", { name: "Hex" });
    await user.clear(hex);
    await user.type(hex, "0af{Enter}");
    expect(onCommit).toHaveBeenLastCalledWith("#00aaff");
    await user.click(screen.getByRole("button", { name: "#f2c14e" }));
    expect(onCommit).toHaveBeenLastCalledWith("#f2c14e");
    expect(screen.getByRole("button", { name: "#00aaff" })).toBeTruthy();
    const calls = onCommit.mock.calls.length;
    await user.clear(hex);
    await user.type(hex, "no colour{Enter}");
    expect(onCommit).toHaveBeenCalledTimes(calls);
  });

  it("says that there are several colours", async () => {
    const onCommit = vi.fn();
    render(<ColorField label="Tint" value={undefined} onCommit={onCommit} />);
    expect(screen.getByRole("button", { name: "Tint" }).title).toBe("several colours");
  });
});
