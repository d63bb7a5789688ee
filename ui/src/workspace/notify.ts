/** Toasts, only for results that need action. */
import { toast } from "sonner";

import { ApiFailure } from "../ipc/failure";
import { eventUndone } from "../ipc/history";
import { onEvents } from "../project/session";
import { undoEvent } from "../documents/document";

/** Shows why something a person asked for did not happen. Nothing to undo is not worth a toast. */
export function showFailure(thrown: unknown): void {
  const failure = ApiFailure.from(thrown);
  if (failure.code === "nothingToDo" || failure.code === "cancelled") {
    toast(failure.message);
    return;
  }
  toast.error(
    failure.message,
    failure.detail ? { description: failure.detail, duration: 12_000 } : { duration: 8000 },
  );
}

/** Runs something a person asked for; failures become a toast and an undefined answer. */
export async function attempt<T>(work: Promise<T> | (() => Promise<T>)): Promise<T | undefined> {
  try {
    return await (typeof work === "function" ? work() : work);
  } catch (thrown) {
    showFailure(thrown);
    return undefined;
  }
}

/** The gestures whose way back is offered, by their first events. */
const offered = new Set<string>();

/** Tells of something large that was done, with the way back: of that gesture, whatever was done after it. */
export function showUndoable(message: string, document: string, event: string | undefined): void {
  if (event === undefined) {
    showNotice(message);
    return;
  }
  offered.add(event);
  const forget = () => offered.delete(event);
  toast(message, {
    id: event,
    action: { label: "Undo", onClick: () => void attempt(undoEvent(document, event)) },
    duration: 15_000,
    onDismiss: forget,
    onAutoClose: forget,
  });
}

/** Takes an offer away once its gesture was undone by other means, until the returned function is called. */
export function forgetUndone(): () => void {
  return onEvents((rows) => {
    if (offered.size === 0) return;
    for (const { own, eventType, cid } of rows) {
      if (own && eventType === "history.undo") void eventUndone(cid).then(dismiss, () => undefined);
    }
  });
}

function dismiss(undone: readonly string[]): void {
  for (const event of undone) if (offered.has(event)) toast.dismiss(event);
}

/** Says something, with what can be done about it. */
export function showOffer(message: string, label: string, run: () => Promise<unknown>): void {
  toast(message, { action: { label, onClick: () => void attempt(run) }, duration: 10_000 });
}

export function showNotice(
  message: string,
  description?: string,
  action?: { label: string; onClick: () => void },
): void {
  toast(message, {
    ...(description && { description, duration: 10_000 }),
    // What can be done about it takes time to read, and to reach.
    ...(action && { action, duration: 20_000 }),
  });
}
