import { commandTitle, useListedCommands } from "../workspace/commands";
import type { Command } from "../workspace/commands";
import { allKinds } from "../workspace/kinds";
import { closeDialog } from "../workspace/dialogs";
import { Button, Dialog, Kbd, shortcutLabel } from "../design";

/** The keys of commands. */
export function KeysDialog() {
  const commands = useListedCommands().filter((command) => command.shortcut !== undefined);
  const inEditors = allKinds()
    .map(({ kind, title }) => ({ title, own: commands.filter(({ id }) => id.startsWith(`${kind}.`)) }))
    .filter(({ own }) => own.length > 0);
  const everywhere = commands.filter((command) => !inEditors.some(({ own }) => own.includes(command)));
  return (
    <Dialog
      title="Keyboard shortcuts"
      text={`Every command is also under Find anything: ${shortcutLabel("Ctrl+K")}.`}
      open
      wide
      reading
      onClose={closeDialog}
      actions={
        <Button variant="primary" onClick={closeDialog}>
          Close
        </Button>
      }
    >
      <Keys title="Everywhere" commands={everywhere} />
      {inEditors.map(({ title, own }) => (
        <Keys key={title} title={`In a ${title}`} commands={own} />
      ))}
    </Dialog>
  );
}

function Keys({ title, commands }: { title: string; commands: readonly Command[] }) {
  return (
    <section aria-label={title}>
      <h3 className="keys-title">{title}</h3>
      <dl className="keys">
        {commands.map((command) => (
          <div key={command.id}>
            <dt>{command.name ?? commandTitle(command)}</dt>
            <dd>{command.shortcut !== undefined && <Kbd keys={command.shortcut} />}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
