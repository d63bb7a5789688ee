/** From an event to what it is about. */
import { showNotice, showOffer } from "../../workspace/notify";
import { documentStore, holdDocument } from "../../documents/document";
import type { DocumentView } from "../../documents/document";
import { reveal } from "../../documents/selection";
import type { EventRow, Touched } from "../../ipc/types";
import { presentAssets } from "../../project/assets";
import { MANIFEST, allTouched, documentInfo } from "../../project/session";
import { restoreDocument } from "../../workspace/documentGestures";
import { selectable } from "../../workspace/kinds";
import { revealAssets } from "../assets/assetSelection";

/** Leads to what an event touched, as far as it is still there. */
export async function showTouched(row: EventRow): Promise<void> {
  if (row.document === MANIFEST) {
    showInProject(row, await allTouched(row));
    return;
  }
  if (!documentInfo(row.document)) {
    offerBack(row.document, "The document of this event was deleted.");
    return;
  }
  const release = holdDocument(row.document);
  try {
    const [view, touched] = await Promise.all([opened(row.document), allTouched(row)]);
    const there = view?.records.there(touched) ?? [];
    reveal(row.document, view ? selectable(view.kind, there) : []);
    if (there.length === 0 && touched.length > 0) sayGone(row);
  } finally {
    release();
  }
}

/** The same for what belongs to the project as a whole: its files and documents. */
function showInProject(row: EventRow, touched: readonly Touched[]): void {
  const idsOf = (collection: string) =>
    touched.filter((ref) => ref.collection === collection).map(({ id }) => id);
  const [files, documents] = [idsOf("assets"), idsOf("documents")];
  const [document] = documents.filter((id) => documentInfo(id) !== undefined);
  const [deleted] = documents;
  const there = presentAssets(files);
  if (there.length > 0) revealAssets(there);
  else if (document !== undefined) reveal(document, []);
  else if (deleted !== undefined) offerBack(deleted, "This document was deleted.");
  else if (files.length > 0) sayGone(row);
  else showNotice("This changed the project itself, so there is nothing to go to.");
}

function offerBack(document: string, message: string): void {
  showOffer(message, "Bring it back", () => restoreDocument(document));
}

function sayGone({ touchedCount }: EventRow): void {
  showNotice(
    touchedCount === 1 ? "What this event touched is gone." : "Everything this event touched is gone.",
  );
}

/** The document's view, once it has been read. */
function opened(document: string): Promise<DocumentView | undefined> {
  const store = documentStore(document);
  const { view, failure } = store.getState();
  if (view || failure) return Promise.resolve(view);
  return new Promise<DocumentView | undefined>((resolve) => {
    const forget = store.subscribe((state) => {
      if (!state.view && !state.failure) return;
      forget();
      resolve(state.view);
    });
  });
}
