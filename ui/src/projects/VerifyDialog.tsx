import { useEffect, useState } from "react";

import { closeDialog } from "../workspace/dialogs";
import { Button, Dialog } from "../design";
import { ApiFailure } from "../ipc/failure";
import { verifyProject } from "../ipc/project";
import type { VerifyReport } from "../ipc/types";

/** Reads everything the project holds again and says what is damaged. */
export function VerifyDialog() {
  const [report, setReport] = useState<VerifyReport>();
  const [failure, setFailure] = useState<ApiFailure>();
  useEffect(() => {
    verifyProject().then(setReport, (thrown: unknown) => setFailure(ApiFailure.from(thrown)));
  }, []);
  return (
    <Dialog
      title="Verify the project"
      text={summary(report, failure)}
      open
      onClose={closeDialog}
      actions={
        <Button variant="primary" onClick={closeDialog}>
          Close
        </Button>
      }
    >
      {report && !report.sound && (
        <ul className="verify-damages ui-selectable" aria-label="Damages">
          {report.damages.map((damage, at) => (
            <li key={at}>
              {damage.what}: {damage.problem}
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

function summary(report: VerifyReport | undefined, failure: ApiFailure | undefined): string {
  if (failure) return failure.message;
  if (!report) return "Hashing every event and object again…";
  const checked = `${Number(report.events).toLocaleString()} events and ${Number(report.objects).toLocaleString()} objects`;
  return report.sound
    ? `All sound: ${checked} are exactly what was written.`
    : `Of ${checked}, ${report.damages.length} are damaged. Everything else is sound.`;
}
