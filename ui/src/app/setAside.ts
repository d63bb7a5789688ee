/** Work that left the history because this machine had been set back: its owner says what becomes of it. */
import { toast } from "sonner";

import { leaveAside, makeAgain } from "../ipc/history";
import type { SetAside } from "../ipc/types";
import { attempt, showNotice } from "../workspace/notify";

/** The offer that is shown. One that takes its place is another toast: what is on its way out takes no clicks. */
let shown: string | number | null = null;

/** Offers to make it again. It stays until somebody decides, and comes again with the next opening. */
export function showSetAside(setAside: SetAside | null): void {
  if (shown !== null) toast.dismiss(shown);
  shown = null;
  if (setAside === null) return;
  const changes =
    setAside.changes === 1 ? "1 change of yours is" : `${setAside.changes} changes of yours are`;
  const further = setAside.changes - setAside.words.length;
  const words = further > 0 ? [...setAside.words, `and ${further} more`] : setAside.words;
  shown = toast.warning(`${changes} set aside (${setAside.documents.join(", ")})`, {
    duration: Infinity,
    description: words.join("\n"),
    action: { label: "Make again", onClick: () => void attempt(again) },
    cancel: { label: "Leave", onClick: () => void attempt(leaveAside) },
  });
}

async function again(): Promise<void> {
  const { made, refused } = await makeAgain();
  const changes = made === 1 ? "1 change" : `${made} changes`;
  showNotice(
    `Made ${changes} again`,
    refused.length > 0 ? `Not made again:\n${refused.join("\n")}` : undefined,
  );
}
