import { useEffect, useState } from "react";

import { RelativeTime, SectionHeading, absoluteTime } from "../../design";
import type { EventRow } from "../../ipc/types";
import type { RecordRef } from "../../documents/selection";
import { sameRef } from "../../documents/selection";
import { useColorOf } from "../../presence/useColorOf";
import { allTouched, mergedRows, olderEvents, onEvents } from "../../project/session";

const SHOWN = 5;
/** How far back it looks; older changes are found in the Session panel. */
const PAGE = 200;

/** Who last changed a record; keyed by the record. */
export function ChangedBy({ document, target }: { document: string; target: RecordRef }) {
  const { collection, id } = target;
  const colorOf = useColorOf();
  const [rows, setRows] = useState<readonly EventRow[]>([]);
  useEffect(() => {
    let stopped = false;
    const touching = async (rows: readonly EventRow[]) => {
      const touch = await Promise.all(
        rows.map(
          async (row) =>
            row.document === document &&
            (await allTouched(row)).some((ref) => sameRef(ref, { collection, id })),
        ),
      );
      return rows.filter((_, at) => touch[at]);
    };
    const show = (found: Promise<readonly EventRow[]>) =>
      found.then(
        (newer) => {
          if (!stopped && newer.length > 0) setRows((older) => mergedRows(newer, older).slice(0, SHOWN));
        },
        // Without the list the Inspector is still whole.
        () => undefined,
      );
    void show(olderEvents(null, PAGE, document).then(touching));
    const forget = onEvents((added) => void show(touching([...added].reverse())));
    return () => {
      stopped = true;
      forget();
    };
  }, [document, collection, id]);
  if (rows.length === 0) return null;
  return (
    <section className="inspector-section" aria-label="Changed by">
      <SectionHeading title="Changed by" />
      <ul>
        {rows.map((row) => (
          <li key={row.cid} className="changed-by" title={`${row.words}, ${absoluteTime(row.time)}`}>
            <span className="person-dot" style={{ background: colorOf(row.person) }} />
            <span className="ui-tree-name">
              {row.own ? "You" : row.person.name} · {row.words}
            </span>
            <span className="ui-tree-detail">
              <RelativeTime time={row.time} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
