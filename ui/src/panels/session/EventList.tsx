import { useVirtualizer } from "@tanstack/react-virtual";
import { Braces } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { Popover, RelativeTime, Tooltip, absoluteTime } from "../../design";
import type { EventRow } from "../../ipc/types";
import { useColorOf } from "../../presence/useColorOf";
import { EventDetails } from "./EventDetails";
import { EventTravel } from "./EventTravel";
import { showTouched } from "./showTouched";

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
  const colorOf = useColorOf();
  const who = row.own ? "You" : row.person.name;
  return (
    <div role="listitem" className="event" style={{ height: ROW_HEIGHT, transform: `translateY(${top}px)` }}>
      <button type="button" className="event-open" onClick={() => void showTouched(row)}>
        <span className="person-dot" style={{ background: colorOf(row.person) }} />
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
