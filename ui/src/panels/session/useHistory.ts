import { useCallback, useEffect, useRef, useState } from "react";

import { ApiFailure } from "../../ipc/failure";
import type { EventRow, EventState, Travelled } from "../../ipc/types";
import { mergedRows, newestFirst, olderEvents, onEvents, onTravelled } from "../../project/session";

const PAGE = 200;

export interface History {
  /** Newest first, as far back as was asked for. */
  rows: readonly EventRow[];
  /** Whether there are older ones. */
  more: boolean;
  failure: ApiFailure | undefined;
  loadMore: () => void;
}

/** Events of the session, or of one document, which must not change: live at the front, paged at the back. */
export function useHistory(document: string | null): History {
  const [rows, setRows] = useState<readonly EventRow[]>([]);
  const [more, setMore] = useState(true);
  const [failure, setFailure] = useState<ApiFailure>();
  const loading = useRef(false);
  const isMore = useRef(true);
  /** Bumped when it unmounts: answers that come later are dropped. */
  const generation = useRef(0);
  /** How far events came while a page was on its way: the page may say less. */
  const ahead = useRef(new Map<string, EventState>());

  const load = useCallback(
    (before: string | null) => {
      if (loading.current) return;
      loading.current = true;
      const mine = generation.current;
      const settle = (change: () => void) => {
        if (mine !== generation.current) return;
        loading.current = false;
        change();
        ahead.current.clear();
      };
      olderEvents(before, PAGE, document).then(
        (page) =>
          settle(() => {
            const arrived = advanced(page, ahead.current);
            setRows((known) => mergedRows(known, arrived));
            isMore.current = page.length === PAGE;
            setMore(isMore.current);
            setFailure(undefined);
          }),
        (thrown: unknown) =>
          settle(() => {
            setFailure(ApiFailure.from(thrown));
            setMore(false);
          }),
      );
    },
    [document],
  );

  useEffect(() => {
    generation.current += 1;
    loading.current = false;
    load(null);
    const forget = onEvents((added) => {
      const wanted = document === null ? added : added.filter((row) => row.document === document);
      if (wanted.length === 0) return;
      setRows((known) => {
        const oldest = known.at(-1);
        // What is older than what was asked for comes when that is asked for.
        const shown =
          oldest && isMore.current ? wanted.filter((row) => newestFirst(row, oldest) <= 0) : wanted;
        return mergedRows([...shown].reverse(), known);
      });
    });
    const forgetTravels = onTravelled((events) => {
      const states = new Map(events.map(({ cid, state }: Travelled) => [cid, state]));
      if (loading.current)
        states.forEach((state, cid) => ahead.current.set(cid, farther(ahead.current.get(cid), state)));
      setRows((known) => advanced(known, states));
    });
    return () => {
      generation.current += 1;
      forget();
      forgetTravels();
    };
  }, [document, load]);

  const last = rows.at(-1)?.position;
  const loadMore = useCallback(() => {
    if (more && last !== undefined) load(last);
  }, [more, last, load]);
  return { rows, more, failure, loadMore };
}

/** The rows with how far they are now; the same list when none of them moved. */
function advanced(rows: readonly EventRow[], states: ReadonlyMap<string, EventState>): readonly EventRow[] {
  const stateNow = ({ cid, state }: EventRow) => farther(state, states.get(cid) ?? state);
  const moved = (row: EventRow) => stateNow(row) !== row.state;
  if (!rows.some(moved)) return rows;
  return rows.map((row) => (moved(row) ? { ...row, state: stateNow(row) } : row));
}

const WAY: readonly EventState[] = ["saved", "onServer", "seen"];

/** Whoever saw an event may be heard before the server's word that it has it. */
function farther(known: EventState | undefined, told: EventState): EventState {
  return known !== undefined && WAY.indexOf(known) > WAY.indexOf(told) ? known : told;
}
