import { Dialog as Base } from "@base-ui/react/dialog";
import type { ReactNode } from "react";

import { Button } from "./Button";

interface DialogProps {
  title: string;
  text?: ReactNode;
  /** Room for more than a few fields. */
  medium?: boolean;
  wide?: boolean;
  /** What is in it is read rather than filled in: it takes the focus, and the arrow keys scroll it. */
  reading?: boolean;
  open: boolean;
  onClose: () => void;
  children?: ReactNode;
  /** Buttons, the affirmative one last. */
  actions?: ReactNode;
}

/** What took the focus by itself keeps it; else the first control has it. */
const focusOnOpen = () => {
  const focused = document.activeElement;
  return focused instanceof HTMLElement && focused.closest(".ui-dialog") ? focused : true;
};

export function Dialog(props: DialogProps) {
  const { title, text, medium, wide, reading, open, onClose, children, actions } = props;
  const readable = reading ? { tabIndex: 0, role: "group", "aria-label": title } : {};
  return (
    <Base.Root
      open={open}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
    >
      <Base.Portal>
        {/* Also where it stands over another dialog. */}
        <Base.Backdrop className="ui-backdrop" forceRender />
        <Base.Popup
          className="ui-dialog"
          initialFocus={focusOnOpen}
          data-width={wide ? "wide" : medium ? "medium" : undefined}
        >
          <Base.Title className="ui-dialog-title">{title}</Base.Title>
          {text !== undefined && <Base.Description className="ui-dialog-text">{text}</Base.Description>}
          {children !== undefined && (
            <div className="ui-dialog-body" {...readable}>
              {children}
            </div>
          )}
          {actions !== undefined && <div className="ui-dialog-actions">{actions}</div>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

interface ConfirmDialogProps {
  title: string;
  text: ReactNode;
  /** What the affirmative button says: the verb. */
  action: string;
  open: boolean;
  onClose: () => void;
  onConfirm: () => void;
}

/** Asks before something that undo cannot bring back. */
export function ConfirmDialog({ title, text, action, open, onClose, onConfirm }: ConfirmDialogProps) {
  return (
    <Dialog
      title={title}
      text={text}
      open={open}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="danger"
            onClick={() => {
              onConfirm();
              onClose();
            }}
          >
            {action}
          </Button>
        </>
      }
    />
  );
}
