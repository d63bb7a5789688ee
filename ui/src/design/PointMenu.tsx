/** A menu that opens at a point of the page, with the window's own look. */

import { Menu } from "@base-ui/react/menu";
import { useMemo } from "react";

import { MenuEntries } from "./MenuEntries";
import type { MenuEntry } from "./MenuEntries";
import { useFirstMarked } from "./menuKey";

interface Props {
  label: string;
  at: { x: number; y: number };
  entries: readonly MenuEntry[];
  /** Whether a key opened it. */
  byKeyboard: boolean;
  onClose: () => void;
}

export function PointMenu({ label, at, entries, byKeyboard, onClose }: Props) {
  const anchor = useMemo(() => ({ getBoundingClientRect: () => new DOMRect(at.x, at.y, 0, 0) }), [at]);
  const { onFocus } = useFirstMarked(byKeyboard);
  return (
    <Menu.Root open onOpenChange={(open) => !open && onClose()} modal={false}>
      <Menu.Portal>
        <Menu.Positioner className="ui-layer" anchor={anchor} align="start" sideOffset={2}>
          <Menu.Popup className="ui-popup" aria-label={label} finalFocus={false} onFocus={onFocus}>
            <MenuEntries entries={entries.map(whenClosed)} />
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

/** Runs once the menu has given the keyboard back, which it does a frame after it closed: what opens next takes it. */
function whenClosed(entry: MenuEntry): MenuEntry {
  if (entry.kind === "submenu") return { ...entry, entries: entry.entries.map(whenClosed) };
  if (!("run" in entry) || entry.kind === "choice") return entry;
  const { run } = entry;
  return { ...entry, run: () => requestAnimationFrame(() => requestAnimationFrame(run)) };
}
