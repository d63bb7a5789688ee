/** The commands of the window itself. */
import { documentStore, redo, stepNewest, undo, whenReached } from "../documents/document";
import { clearSelection, reveal, selection } from "../documents/selection";
import { eventTouched } from "../ipc/history";
import type { EditResult } from "../ipc/types";
import { importFiles } from "../panels/assets/importFiles";
import { createDocument } from "../workspace/documentGestures";
import { allKinds, newTitle, selectable } from "../workspace/kinds";
import { openSample } from "../ipc/project";
import { close, openWith, projects } from "../project/project";
import { MANIFEST, documentInfo } from "../project/session";
import { active } from "../project/activeDocument";
import { steps } from "../project/nextSteps";
import { TOOLS } from "../workspace/layout";
import type { Tool } from "../workspace/layout";
import { enterNextRegion } from "../workspace/regions";
import { closeTab, goToTool, resetLayout } from "../workspace/tabs";
import type { Command } from "../workspace/commands";
import { showDialog, showJoin, showPalette } from "../workspace/dialogs";
import { attempt } from "../workspace/notify";
import { THEMES, setTheme } from "../design";

type Verb = "undo" | "redo";
const WORDS = { undo: "Undo", redo: "Redo" } as const;
const STEPS = { undo, redo } as const;

const isOpen = () => projects.getState().project !== null;

/** What undo and redo would do next in a document; null when nothing. */
function nextStep(document: string, verb: Verb): string | null {
  return documentStore(document).getState().view?.undo[verb] ?? null;
}

/** What was done may be out of sight: it is shown. */
async function showStep(document: string, { cids, position }: EditResult): Promise<void> {
  if (document === MANIFEST || !documentInfo(document)) return;
  const touched = (await Promise.all(cids.map(eventTouched))).flat();
  const { kind, records } = await whenReached(document, position);
  reveal(document, selectable(kind, records.there(touched)), { glance: true });
}

/** Undo and redo are of what one did last, in whichever document; the label says what they would do. */
function historyCommand(verb: Verb, shortcut: string): Command {
  const word = WORDS[verb];
  return {
    id: `edit.${verb}`,
    name: word,
    title: () => [word, steps.getState()[verb]?.words ?? ""].join(" ").trim(),
    shortcut,
    whileResting: true,
    when: isOpen,
    run: async () => {
      const step = await attempt(stepNewest(verb));
      if (step) await attempt(showStep(step.document, step));
    },
  };
}

/** The same for the project itself, wherever one works: its documents and files. */
function projectHistoryCommand(verb: Verb): Command {
  return {
    id: `project.${verb}`,
    title: () => `${WORDS[verb]} in the project: ${nextStep(MANIFEST, verb) ?? ""}`,
    when: () => isOpen() && nextStep(MANIFEST, verb) !== null,
    run: async () => {
      await attempt(STEPS[verb](MANIFEST));
    },
  };
}

export const appCommands = (): readonly Command[] => [
  {
    id: "app.find",
    title: "Find anything",
    shortcut: "Ctrl+K",
    whileTyping: true,
    run: showPalette,
  },
  historyCommand("undo", "Ctrl+Z"),
  historyCommand("redo", "Ctrl+Shift+Z Ctrl+Y"),
  projectHistoryCommand("undo"),
  projectHistoryCommand("redo"),
  {
    id: "edit.deselect",
    title: "Deselect",
    shortcut: "Escape",
    when: () => selection.getState().refs.length > 0,
    run: clearSelection,
  },
  { id: "project.new", title: "New project…", run: () => showDialog("new") },
  { id: "project.open", title: "Open project…", shortcut: "Ctrl+O", run: () => showDialog("open") },
  { id: "project.import", title: "Import .glb / .gltf…", run: () => showDialog("import") },
  { id: "session.join", title: "Open a shared link…", run: () => showJoin() },
  { id: "session.share", title: "Share…", when: isOpen, run: () => showDialog("share") },
  {
    id: "project.sample",
    title: "Open the sample",
    run: async () => {
      await attempt(openWith(openSample));
    },
  },
  {
    id: "project.export",
    title: "Export…",
    shortcut: "Ctrl+E",
    when: isOpen,
    run: () => showDialog("export"),
  },
  { id: "project.verify", title: "Verify the project", when: isOpen, run: () => showDialog("verify") },
  {
    id: "project.close",
    title: "Close project",
    when: isOpen,
    run: async () => {
      await attempt(close());
    },
  },
  { id: "assets.import", title: "Import files…", when: isOpen, run: importFiles },
  ...allKinds().map((kind): Command => ({
    id: `document.${kind.kind}`,
    title: newTitle(kind),
    when: isOpen,
    run: () => createDocument(kind),
  })),
  {
    id: "document.close",
    title: "Close tab",
    shortcut: "Ctrl+W",
    when: () => active.getState().tab !== null,
    run: () => {
      const { tab } = active.getState();
      if (tab !== null) closeTab(tab);
    },
  },
  { id: "person.edit", title: "Your name and colour…", run: () => showDialog("person") },
  { id: "app.keys", title: "Keyboard shortcuts", shortcut: "F1", run: () => showDialog("keys") },
  ...(Object.keys(TOOLS) as Tool[]).map((tool): Command => ({
    id: `view.${tool}`,
    title: `Show ${TOOLS[tool]}`,
    when: isOpen,
    run: () => goToTool(tool),
  })),
  {
    id: "view.next",
    title: "Go to the next panel",
    shortcut: "F6",
    whileTyping: true,
    when: isOpen,
    run: () => enterNextRegion(1),
  },
  {
    id: "view.previous",
    title: "Go to the panel before",
    shortcut: "Shift+F6",
    whileTyping: true,
    when: isOpen,
    run: () => enterNextRegion(-1),
  },
  { id: "view.reset", title: "Reset layout", when: isOpen, run: resetLayout },
  ...THEMES.map(({ id, title }): Command => ({
    id: `theme.${id}`,
    title: `${title} theme`,
    run: () => setTheme(id),
  })),
];
