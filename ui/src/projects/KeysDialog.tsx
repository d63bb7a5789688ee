import { commandTitle, useActiveCommands } from "../app/commands";
import { closeDialog } from "../app/dialogs";
import { Button, Dialog, Kbd, shortcutLabel } from "../design";

/** The keys that work now. */
export function KeysDialog() {
  const commands = useActiveCommands().filter((command) => command.shortcut !== undefined);
  return (
    <Dialog
      title="Keyboard shortcuts"
      text={`What works here now. Every command is also under Find anything: ${shortcutLabel("Ctrl+K")}.`}
      open
      wide
      onClose={closeDialog}
      actions={
        <Button variant="primary" onClick={closeDialog}>
          Close
        </Button>
      }
    >
      <dl className="keys">
        {commands.map((command) => (
          <div key={command.id}>
            <dt>{commandTitle(command)}</dt>
            <dd>{command.shortcut !== undefined && <Kbd keys={command.shortcut} />}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
