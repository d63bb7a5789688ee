import { useEffect, useState } from "react";

import { attempt } from "./notify";
import { Button, EmptyState, RelativeTime } from "../design";
import { clearSelection, selection } from "../documents/selection";
import { deletionOf } from "../ipc/documents";
import type { Deletion } from "../ipc/types";
import { restoreDocument } from "./documentGestures";

interface DeletedDocumentProps {
  document: string;
  /** What the button says that does without it. */
  leave: string;
  onLeave: () => void;
}

/** In place of a document that was deleted while one had it open: who did it, and the way back. */
export function DeletedDocument({ document, leave, onLeave }: DeletedDocumentProps) {
  const [deletion, setDeletion] = useState<Deletion | null>();
  useEffect(() => {
    let stopped = false;
    const show = (found: Deletion | null) => {
      if (!stopped) setDeletion(found);
    };
    deletionOf(document).then(show, () => show(null));
    // Nothing of it can be edited, so nothing of it stays selected.
    if (selection.getState().document === document) clearSelection();
    return () => {
      stopped = true;
    };
  }, [document]);
  if (deletion === undefined) return null;
  const title = deletion
    ? `${deletion.own ? "You" : deletion.person.name || "Somebody"} deleted ${deletion.name}`
    : "This document is not in the project any more";
  return (
    <div role="alert" className="deleted-document">
      <EmptyState
        title={title}
        actions={
          <>
            {deletion && (
              <Button variant="primary" onClick={() => void attempt(restoreDocument(document))}>
                Bring it back
              </Button>
            )}
            <Button onClick={onLeave}>{leave}</Button>
          </>
        }
      >
        {deletion && (
          <>
            It is gone for everybody in the session (<RelativeTime time={deletion.time} />
            ). Nothing that was in it is lost, and bringing it back brings it back for everybody.
          </>
        )}
      </EmptyState>
    </div>
  );
}
