import { useVirtualizer } from "@tanstack/react-virtual";
import { Braces } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { showNotice } from "../../app/notify";
import { RelativeTime } from "../../app/RelativeTime";
import { absoluteTime } from "../../app/time";
import { Popover, Tooltip } from "../../design";
import { documentStore, holdDocument } from "../../documents/document";
import type { DocumentView } from "../../documents/document";
import { reveal } from "../../documents/selection";
import type { EventRow } from "../../ipc";
import { documentInfo } from "../../session/session";
import { EventDetails } from "./EventDetails";
import { EventTravel } from "./EventTravel";

const ROW_HEIGHT = 26;
/** Loading begins this many rows before the end. */
const AHEAD = 30;

interface EventListProps {
  rows: readonly EventRow[];
  more: boolean;
  onEnd: () => void;
}

/** A list that can be a million long: only what is seen is there, only what was seen was asked for. */
export function EventList({ rows, more, onEnd }: EventListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- the virtualizer is not memoized by design
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => rows[index]?.cid ?? index,
    overscan: 10,
    initialRect: { width: 800, height: 200 },
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && lastShown >= rows.length - AHEAD) onEnd();
  }, [more, lastShown, rows.length, onEnd]);
  return (
    <div ref={scroller} className="events" role="list" aria-label="Events" tabIndex={0}>
      <div role="presentation" style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {items.map((item) => {
          const row = rows[item.index];
          return row && <EventLine key={item.key} row={row} top={item.start} />;
        })}
      </div>
    </div>
  );
}

function EventLine({ row, top }: { row: EventRow; top: number }) {
  const [open, setOpen] = useState(false);
  const who = row.own ? "You" : row.person.name;
  return (
    <div role="listitem" className="event" style={{ height: ROW_HEIGHT, transform: `translateY(${top}px)` }}>
      <button type="button" className="event-open" onClick={() => void showTouched(row)}>
        <span className="person-dot" style={{ background: row.person.color }} />
        <span className="event-who">{who}</span>
        <span className="event-words">{row.words}</span>
        <span className="event-document">{row.documentName}</span>
      </button>
      <Tooltip text={absoluteTime(row.time)}>
        <span className="event-time">
          <RelativeTime time={row.time} />
        </span>
      </Tooltip>
      <EventTravel state={row.state} />
      <Popover
        title={row.eventType}
        side="top"
        open={open}
        onOpenChange={setOpen}
        trigger={
          <button type="button" className="ui-icon-button" aria-label={`Details of: ${who} ${row.words}`}>
            <Braces size={13} />
          </button>
        }
      >
        {open && <EventDetails cid={row.cid} />}
      </Popover>
    </div>
  );
}

/** Leads to what an event touched, as far as it is still there. */
export async function showTouched(row: EventRow): Promise<void> {
  const info = documentInfo(row.document);
  if (!info) {
    showNotice("The document of this event was deleted.");
    return;
  }
  if (info.kind === "manifest") {
    showNotice(`${row.words}: this changed the project itself.`);
    return;
  }
  const release = holdDocument(row.document);
  try {
    const view = await opened(row.document);
    const there = row.touched.filter((ref) => view?.collections[ref.collection]?.[ref.id] !== undefined);
    reveal(row.document, there);
    if (there.length === 0 && row.touched.length > 0) {
      showNotice(
        row.touched.length === 1
          ? "What this event touched is gone."
          : "Everything this event touched is gone.",
      );
    }
  } finally {
    release();
  }
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
