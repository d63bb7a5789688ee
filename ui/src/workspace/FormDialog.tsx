import { useState } from "react";
import type { ReactNode } from "react";

import { Button, Dialog } from "../design";
import { Question } from "./questions";
import { ApiFailure } from "../ipc/failure";
import "./forms.css";

interface FormDialogProps {
  title: string;
  text?: ReactNode;
  /** What the affirmative button says. */
  action: string;
  canSubmit: boolean;
  onClose: () => void;
  /** Does it; the dialog closes when it succeeds and shows the failure when not. */
  onSubmit: () => Promise<unknown>;
  children: ReactNode;
  /** Another way out, beside Cancel. */
  other?: ReactNode;
}

/** A dialog that asks for something and does it. */
export function FormDialog({
  title,
  text,
  action,
  canSubmit,
  onClose,
  onSubmit,
  children,
  other,
}: FormDialogProps) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure>();
  const submit = async () => {
    if (!canSubmit || busy) return;
    setBusy(true);
    setFailure(undefined);
    try {
      await onSubmit();
      onClose();
    } catch (thrown) {
      setFailure(ApiFailure.from(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} text={text} open medium onClose={onClose}>
      <form
        className="ui-dialog-body"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {children}
        {failure && (
          <div className="form-failure" role="alert">
            {failure.message}
          </div>
        )}
        <div className="ui-dialog-actions">
          {other}
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={!canSubmit || busy}>
            {busy ? "Working…" : action}
          </Button>
        </div>
      </form>
      <Question />
    </Dialog>
  );
}
