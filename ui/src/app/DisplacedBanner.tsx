import { TriangleAlert } from "lucide-react";

import { Button } from "../design";
import { openMoved, useProject } from "../project/project";
import { useDisplaced } from "../project/session";
import { showDialog } from "../workspace/dialogs";
import { attempt } from "../workspace/notify";

/** Says that the project's folder is not where it was opened, and what to do. */
export function DisplacedBanner() {
  const displaced = useDisplaced();
  const project = useProject();
  if (!displaced || !project) return null;
  const { to } = displaced;
  return (
    <div className="displaced" role="alert">
      <TriangleAlert size={15} aria-hidden />
      <span className="ui-selectable">
        <strong>Not saved.</strong>{" "}
        {to === null
          ? `The folder ${project.path} is gone. What you do is kept in memory until you close this window.`
          : `The folder ${project.path} was moved to ${to}. Open it there to go on.`}
      </span>
      {to !== null && (
        <Button variant="primary" onClick={() => void attempt(openMoved(to))}>
          Open it there
        </Button>
      )}
      {to === null && (
        <Button variant="primary" onClick={() => showDialog("elsewhere")}>
          Save elsewhere…
        </Button>
      )}
    </div>
  );
}
