import { renderHook } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";

import { activeCommands, commandFor, registerCommands, runCommand, useListedCommands } from "./commands";
import type { Command } from "./commands";
import { matchesShortcut } from "./shortcuts";

const key = (keyName: string, modifiers: Partial<KeyboardEventInit> = {}, target?: HTMLElement) => {
  const event = new KeyboardEvent("keydown", { key: keyName, ...modifiers });
  Object.defineProperty(event, "target", { value: target ?? document.body });
  return event;
};

describe("shortcuts", () => {
  it.each([
    ["z", { ctrlKey: true }, "Ctrl+Z", true],
    ["Z", { ctrlKey: true, shiftKey: true }, "Ctrl+Z", false],
    ["Z", { ctrlKey: true, shiftKey: true }, "Ctrl+Shift+Z Ctrl+Y", true],
    ["y", { ctrlKey: true }, "Ctrl+Shift+Z Ctrl+Y", true],
    ["f", {}, "F", true],
    ["f", { ctrlKey: true }, "F", false],
    ["F2", {}, "F2", true],
    ["Delete", {}, "Del", true],
    ["+", { ctrlKey: true, shiftKey: true }, "Ctrl++", true],
    [" ", {}, "Space", true],
    ["k", { metaKey: true, ctrlKey: true }, "Ctrl+K", false],
  ] as const)("%s %o is %s: %s", (name, modifiers, shortcut, expected) => {
    expect(matchesShortcut(key(name, modifiers), shortcut)).toBe(expected);
  });
});

describe("commands", () => {
  const command = (id: string, rest: Partial<Command> = {}): Command => ({
    id,
    title: id,
    run: () => undefined,
    ...rest,
  });

  it("gives a key to the command registered last that means something now", () => {
    const commands = [
      command("window", { shortcut: "Delete" }),
      command("editor", { shortcut: "Delete" }),
      command("other", { shortcut: "Delete", when: () => false }),
    ];
    expect(commandFor(key("Delete"), commands)?.id).toBe("editor");
  });

  it("leaves keys to texts, save those that ask for them", () => {
    const input = document.createElement("input");
    const commands = [
      command("undo", { shortcut: "Ctrl+Z" }),
      command("find", { shortcut: "Ctrl+K", whileTyping: true }),
    ];
    expect(commandFor(key("z", { ctrlKey: true }, input), commands)).toBeUndefined();
    expect(commandFor(key("k", { ctrlKey: true }, input), commands)?.id).toBe("find");
    input.type = "checkbox";
    expect(commandFor(key("z", { ctrlKey: true }, input), commands)?.id).toBe("undo");
  });

  it("registers and forgets", () => {
    const run = vi.fn();
    const forget = registerCommands([command("a", { run }), command("b", { when: () => false })]);
    expect(runCommand("a")).toBe(true);
    expect(runCommand("b")).toBe(false);
    expect(run).toHaveBeenCalledOnce();
    forget();
    expect(activeCommands()).toEqual([]);
  });
});

describe("listed commands", () => {
  const listed = () => renderHook(() => useListedCommands().map(({ id }) => id)).result.current;
  const command = (id: string): Command => ({ id, title: id, run: () => undefined });

  it("are also those of an editor that has not the focus, as long as it is shown", () => {
    let isShown = true;
    const forget = [
      registerCommands([command("find")]),
      registerCommands([command("align"), command("find")], { hasKeys: false, isShown: () => isShown }),
    ];
    expect(activeCommands().map(({ id }) => id)).toEqual(["find"]);
    expect(listed()).toEqual(["find", "align"]);
    isShown = false;
    expect(listed()).toEqual(["find"]);
    forget.forEach((one) => one());
  });
});
