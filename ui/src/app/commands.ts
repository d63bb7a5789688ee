/** Everything a person can ask for by key or palette. */
import { useEffect, useRef } from "react";
import { createStore, useStore } from "zustand";

import { matchesShortcut, mayTypeInto } from "./shortcuts";

export interface Command {
  id: string;
  /** What the palette calls it. A function when it says what it would do now: "Undo moved Branch". */
  title: string | (() => string);
  /** Such as `Ctrl+Shift+Z`, `F2`, `Delete`; several separated by spaces. `Ctrl` is ⌘ on a Mac. */
  shortcut?: string;
  /** Whether it means something now. */
  when?: () => boolean;
  /** Whether its key also works while a text is being typed; such keys need a modifier. */
  whileTyping?: boolean;
  run: () => void | Promise<void>;
}

interface Registry {
  /** The latest registration stands last and wins. */
  lists: readonly (readonly Command[])[];
}

const registry = createStore<Registry>(() => ({ lists: [] }));

export function registerCommands(list: readonly Command[]): () => void {
  registry.setState(({ lists }) => ({ lists: [...lists, list] }));
  return () => registry.setState(({ lists }) => ({ lists: lists.filter((other) => other !== list) }));
}

/**
 * Registers an editor's commands while `active`, which is while it has the focus. The list may be new at each render:
 * only the ids, titles and keys of the first count, and `run` and `when` are always the latest.
 */
export function useCommands(list: readonly Command[], active: boolean): void {
  const latest = useRef(list);
  useEffect(() => {
    latest.current = list;
  });
  const ids = list.map((command) => command.id).join(" ");
  useEffect(() => {
    if (!active) return undefined;
    const current = (id: string) => latest.current.find((command) => command.id === id);
    return registerCommands(
      latest.current.map((command) => ({
        ...command,
        when: () => current(command.id)?.when?.() ?? true,
        run: () => current(command.id)?.run(),
      })),
    );
  }, [active, ids]);
}

/** The commands that stand: of two with one id, the one registered last. */
export function activeCommands(): Command[] {
  const byId = new Map<string, Command>();
  for (const list of registry.getState().lists) {
    for (const command of list) {
      byId.delete(command.id);
      byId.set(command.id, command);
    }
  }
  return [...byId.values()];
}

export function useActiveCommands(): Command[] {
  useStore(registry);
  return activeCommands();
}

export function commandTitle(command: Command): string {
  return typeof command.title === "string" ? command.title : command.title();
}

export function runCommand(id: string): boolean {
  const command = activeCommands().find((candidate) => candidate.id === id);
  if (!command || command.when?.() === false) return false;
  void command.run();
  return true;
}

/** The command a key press asks for: the last registered whose shortcut fits and which means something now. */
export function commandFor(event: KeyboardEvent, commands: readonly Command[]): Command | undefined {
  const typing = mayTypeInto(event.target);
  return commands.findLast(
    (command) =>
      command.shortcut !== undefined &&
      (!typing || command.whileTyping === true) &&
      matchesShortcut(event, command.shortcut) &&
      command.when?.() !== false,
  );
}

/** Listens for shortcuts on the whole window. */
export function startShortcuts(): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || inModal(event.target)) return;
    const command = commandFor(event, activeCommands());
    if (!command) return;
    event.preventDefault();
    void command.run();
  };
  window.addEventListener("keydown", onKeyDown);
  return () => window.removeEventListener("keydown", onKeyDown);
}

/** A dialog or an open menu keeps its keys to itself. */
function inModal(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest('[role="dialog"],[role="menu"],[role="listbox"]') !== null
  );
}
