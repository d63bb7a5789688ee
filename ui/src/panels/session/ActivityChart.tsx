import { useEffect, useRef, useState } from "react";

import type { EventRow } from "../../ipc/types";
import { useColorOf } from "../../presence/useColorOf";
import { showTouched } from "./showTouched";

const BAR = 5;
const GAP = 1;

/** The latest events as bars: colour is the person, height how much it touched. The list beside it says the same. */
export function ActivityChart({ rows }: { rows: readonly EventRow[] }) {
  const box = useRef<HTMLDivElement>(null);
  const colorOf = useColorOf();
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const count = Math.max(0, Math.floor(width / (BAR + GAP)));
  const shown = rows.slice(0, count).reverse();
  return (
    <div ref={box} className="activity" aria-hidden>
      <svg width={width} height={20}>
        {shown.map((row, at) => {
          const height = Math.min(20, 6 + 4 * Math.log2(1 + row.touchedCount));
          return (
            <rect
              key={row.cid}
              x={width - (shown.length - at) * (BAR + GAP)}
              y={20 - height}
              width={BAR}
              height={height}
              rx={1}
              fill={colorOf(row.person)}
              onClick={() => void showTouched(row)}
            >
              <title>{`${row.own ? "You" : row.person.name} ${row.words}`}</title>
            </rect>
          );
        })}
      </svg>
    </div>
  );
}
