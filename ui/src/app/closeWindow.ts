/** What is left to do when somebody closes the window. */
import { quit, stayOpen } from "../ipc/app";
import { finishTyping } from "../project/project";
import { sessionStore } from "../project/session";
import { guests, mayLeave } from "../workspace/leaving";
import { showDialog } from "../workspace/dialogs";
import { flushPlace } from "../workspace/place";

/** Closes it once what is being typed is saved; what would be lost is asked about first. */
export async function closeWindow(): Promise<void> {
  if (sessionStore.getState().status.displaced?.to === null) {
    await stayOpen();
    showDialog("elsewhere");
    return;
  }
  if (guests().length > 0) {
    await stayOpen();
    if (!(await mayLeave())) return;
  }
  flushPlace();
  // Why it could not be saved stands in the status bar.
  await ((await finishTyping()) ? quit() : stayOpen());
}
