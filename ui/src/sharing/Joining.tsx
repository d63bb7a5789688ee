import { Button, ProgressBar } from "../design";
import type { JoinProgress } from "../ipc/types";
import { count } from "../project/connection";

/** Until the project is whole it can be cancelled; then it is opened. */
export type JoinPhase = "fetching" | "cancelling" | "opening";

interface JoiningProps {
  progress: JoinProgress | undefined;
  phase: JoinPhase;
  onCancel: () => void;
}

/** How far joining is, in words and as a bar. */
export function Joining({ progress, phase, onCancel }: JoiningProps) {
  const step = stepOf(progress, phase);
  const known = phase === "fetching" && progress !== undefined && Number(progress.total) > 0;
  return (
    <>
      <div className="sharing-joining">
        <div className="sharing-joining-words">
          <span role="status">{step}…</span>
          {known && (
            <span className="sharing-joining-count">
              {count(progress.done)} of {count(progress.total)}
            </span>
          )}
        </div>
        <ProgressBar
          label={step}
          value={known ? Math.min(1, Number(progress.done) / Number(progress.total)) : undefined}
        />
        <p className="ui-field-note">
          The project opens as soon as it is here. If you cancel, nothing of it stays on this disk.
        </p>
      </div>
      <div className="ui-dialog-actions">
        <Button autoFocus disabled={phase !== "fetching"} onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </>
  );
}

function stepOf(progress: JoinProgress | undefined, phase: JoinPhase): string {
  switch (phase) {
    case "fetching":
      return progress?.step ?? "Asking the server";
    case "cancelling":
      return "Cancelling";
    case "opening":
      return "Opening the project";
  }
}
