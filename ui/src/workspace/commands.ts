/** Everything a person can ask for by key or palette. */
import { useEffect, useRef } from "react";
import { createStore, useStore } from "zustand";

import { matchesShortcut, mayTypeInto } from "./shortcuts";

export interface Command {
  id: string;
  /** What the palette calls it. A function when it says what it would do now: "Undo moved Branch". */
  title: string | (() => string);
  /** What it is called whatever it would do now, where the title says that: "Undo". */
  name?: string;
  /** Such as `Ctrl+Shift+Z`, `F2`, `Delete`; several separated by spaces. `Ctrl` is ⌘ on a Mac. */
  shortcut?: string;
  /** Whether it means something now. */
  when?: () => boolean;
  /** Whether its key also works while a text is being typed; such keys need a modifier. */
  whileTyping?: boolean;
  /** Whether it also works in a field where nothing was typed since it was entered or committed. */
  whileResting?: boolean;
  run: () => void | Promise<void>;
}

interface Registration {
  commands: readonly Command[];
  /** Whether its keys work: those of an editor do while it has the focus. */
  hasKeys: boolean;
  /** Whether what it acts on can be seen. */
  isShown: () => boolean;
}

interface Registry {
  /** The latest registration stands last and wins. */
  lists: readonly Registration[];
}

const registry = createStore<Registry>(() => ({ lists: [] }));

export function registerCommands(
  commands: readonly Command[],
  { hasKeys = true, isShown = () => true }: Partial<Registration> = {},
): () => void {
  const registration = { commands, hasKeys, isShown };
  registry.setState(({ lists }) => ({ lists: [...lists, registration] }));
  return () => registry.setState(({ lists }) => ({ lists: lists.filter((other) => other !== registration) }));
}

/**
 * Registers an editor's commands: their keys work while it has the focus, and they are listed as long as it is shown. The
 * list may be new at each render: only the ids, titles and keys of the first count, and `run` and `when` are always the
 * latest. `isShown` must be the same function at each render.
 */
export function useCommands(list: readonly Command[], hasFocus: boolean, isShown: () => boolean): void {
  const latest = useRef(list);
  useEffect(() => {
    latest.current = list;
  });
  const ids = list.map((command) => command.id).join(" ");
  useEffect(() => {
    const current = (id: string) => latest.current.find((command) => command.id === id);
    return registerCommands(
      latest.current.map((command) => ({
        ...command,
        when: () => current(command.id)?.when?.() ?? true,
        run: () => current(command.id)?.run(),
      })),
      { hasKeys: hasFocus, isShown },
    );
  }, [hasFocus, ids, isShown]);
}

/** The commands whose keys work: of two with one id, the one registered last. */
export function activeCommands(): Command[] {
  return standing(registry.getState().lists.filter(({ hasKeys }) => hasKeys));
}

/**
 * All commands that can be asked for by name: also those of an editor that gave up the focus, as it does to the list that one
 * chooses from.
 */
export function useListedCommands(): Command[] {
  const { lists } = useStore(registry);
  const active = standing(lists.filter(({ hasKeys }) => hasKeys));
  const resting = standing(lists.filter(({ hasKeys, isShown }) => !hasKeys && isShown()));
  const known = new Set(active.map(({ id }) => id));
  return [...active, ...resting.filter(({ id }) => !known.has(id))];
}

function standing(lists: readonly Registration[]): Command[] {
  const byId = new Map<string, Command>();
  for (const { commands } of lists) {
    for (const command of commands) {
      byId.delete(command.id);
      byId.set(command.id, command);
    }
  }
  return [...byId.values()];
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
      (!typing ||
        command.whileTyping === true ||
        (command.whileResting === true && isResting(event.target))) &&
      matchesShortcut(event, command.shortcut) &&
      command.when?.() !== false,
  );
}

/** Whether a field holds what is stored: taking back is then about that, and not about letters. */
function isResting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.dataset["resting"] !== undefined;
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
