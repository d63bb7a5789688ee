import { ProgressBar } from "../design";
import type { JoinProgress } from "../ipc";
import { count } from "../session/connection";

/** How far joining is, in words and as a bar. */
export function Joining({ progress }: { progress: JoinProgress | undefined }) {
  const step = progress?.step ?? "Asking the server";
  const known = progress !== undefined && Number(progress.total) > 0;
  return (
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
      <p className="ui-field-note">The project opens as soon as it is here.</p>
    </div>
  );
}
