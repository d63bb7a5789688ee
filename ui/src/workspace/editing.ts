/** Edits that people ask for: what does not come about is said. */
import { documentStore, edit } from "../documents/document";
import { sameRef } from "../documents/selection";
import { deletionOf } from "../ipc/documents";
import { ApiFailure } from "../ipc/failure";
import type { Change, EditResult, EventRow, FieldValue } from "../ipc/types";
import { allTouched, documentInfo, olderEvents } from "../project/session";
import { showFailure, showNotice } from "./notify";

/** How far back it looks for who took something away: that was a moment ago. */
const PAGE = 200;

/** Writes one gesture. What somebody took away meanwhile is told with who did, and with what was to be written. */
export async function attemptEdit(
  document: string,
  eventType: string,
  changes: readonly Change[],
): Promise<EditResult | undefined> {
  try {
    return await edit(document, eventType, changes);
  } catch (thrown) {
    const failure = ApiFailure.from(thrown);
    const taken =
      failure.code === "notFound" ? await takenAway(document, changes).catch(() => undefined) : undefined;
    if (taken === undefined) showFailure(failure);
    else showNotice(`${taken} meanwhile`, notKept(changes));
    return undefined;
  }
}

/** Such as "Bob deleted Pillar 1"; undefined where nobody knows. */
async function takenAway(document: string, changes: readonly Change[]): Promise<string | undefined> {
  if (!documentInfo(document)) {
    const deletion = await deletionOf(document);
    return deletion ? `${who(deletion)} deleted ${deletion.name}` : undefined;
  }
  const records = documentStore(document).getState().view?.records;
  const gone = changes.find(({ collection, id }) => records?.get(collection, id) === undefined);
  if (!gone) return undefined;
  for (const row of await olderEvents(null, PAGE, document)) {
    if ((await allTouched(row)).some((ref) => sameRef(ref, gone))) return `${who(row)} ${row.words}`;
  }
  return undefined;
}

const who = ({ own, person }: Pick<EventRow, "own" | "person">) => (own ? "You" : person.name || "Somebody");

function notKept(changes: readonly Change[]): string | undefined {
  const texts = changes.flatMap((change) => ("set" in change ? Object.values(change.set).map(inWords) : []));
  const written = texts.filter((text) => text !== "");
  return written.length === 0 ? undefined : `Not kept: ${written.join(", ")}`;
}

/** A value as somebody would type it. */
function inWords(value: FieldValue | null): string {
  if (value === null) return "";
  if (Array.isArray(value)) return value.map(inWords).join(", ");
  if (typeof value === "object") return Object.values(value).map(inWords).join(" ");
  return String(value);
}
