import { endPlace } from "../workspace/place";
import { closeDialog, closePalette } from "../workspace/dialogs";
import { clearSelection } from "../documents/selection";
import { openDocuments } from "../documents/openDocuments";
import { saving } from "../documents/saving";
import { stopPresence } from "../presence/live";
import { forgetSession } from "../project/session";
import { projects } from "../project/project";
import { NOTHING_ACTIVE, active } from "../project/activeDocument";

/** The state of a window that was just opened. */
export function closeProjectHere(): void {
  stopPresence();
  endPlace();
  openDocuments.clear();
  clearSelection();
  forgetSession();
  closeDialog();
  closePalette();
  saving.setState({ pending: 0, failure: null });
  projects.setState({ app: null, project: null, ready: false, refused: null });
  active.setState(NOTHING_ACTIVE);
  localStorage.clear();
}
