import { ChevronDown, Redo2, Search, Share2, Undo2 } from "lucide-react";

import { Button, IconButton, Kbd, Menu, THEMES, setTheme, useTheme } from "../design";
import type { MenuEntry } from "../design";
import type { NextStep } from "../ipc/types";
import { Avatars } from "./Avatars";
import { useProject } from "../project/project";
import { Logo } from "../start/Logo";
import { useNextSteps } from "../project/nextSteps";
import { useRegion } from "../workspace/regions";
import { activeCommands, commandTitle, runCommand } from "../workspace/commands";
import { showDialog, showPalette } from "../workspace/dialogs";

/** The project and what one does with it as a whole. */
export function TitleBar() {
  const project = useProject();
  const region = useRegion("title");
  if (!project) return null;
  return (
    <header className="title-bar" {...region}>
      <div className="title-start">
        <ProjectMenu name={project.name} />
      </div>
      <button type="button" className="title-find" onClick={showPalette}>
        <Search size={14} aria-hidden />
        <span>Find anything…</span>
        <Kbd keys="Ctrl+K" />
      </button>
      <div className="title-end">
        <History />
        <Avatars />
        <Button variant="primary" icon={<Share2 size={13} aria-hidden />} onClick={() => showDialog("share")}>
          Share
        </Button>
      </div>
    </header>
  );
}

function ProjectMenu({ name }: { name: string }) {
  const theme = useTheme();
  const item = (id: string): MenuEntry => {
    const command = activeCommands().find((candidate) => candidate.id === id);
    return {
      label: command ? commandTitle(command) : id,
      shortcut: command?.shortcut,
      run: () => {
        // The menu gives the focus back first; a dialog would lose it again.
        setTimeout(() => runCommand(id));
      },
    };
  };
  return (
    <Menu
      trigger={
        <button type="button" className="title-project" aria-label={`Project ${name}`}>
          <Logo size={20} />
          <span>{name}</span>
          <ChevronDown size={14} aria-hidden />
        </button>
      }
      entries={[
        item("project.new"),
        item("project.open"),
        item("project.import"),
        item("session.join"),
        { kind: "separator" },
        item("session.share"),
        item("project.export"),
        item("project.verify"),
        { kind: "separator" },
        {
          kind: "submenu",
          label: "Theme",
          entries: THEMES.map(({ id, title }) => ({
            kind: "choice" as const,
            label: title,
            checked: id === theme,
            run: () => setTheme(id),
          })),
        },
        item("view.reset"),
        item("person.edit"),
        item("app.keys"),
        { kind: "separator" },
        item("project.close"),
      ]}
    />
  );
}

function History() {
  const { undo, redo } = useNextSteps();
  const label = (word: string, step: NextStep | null) => (step ? `${word} ${step.words}` : word);
  return (
    <>
      <IconButton
        label={label("Undo", undo)}
        shortcut="Ctrl+Z"
        disabled={!undo}
        onClick={() => runCommand("edit.undo")}
      >
        <Undo2 size={15} />
      </IconButton>
      <IconButton
        label={label("Redo", redo)}
        shortcut="Ctrl+Shift+Z"
        disabled={!redo}
        onClick={() => runCommand("edit.redo")}
      >
        <Redo2 size={15} />
      </IconButton>
    </>
  );
}
