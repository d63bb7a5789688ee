/** A menu that opens at a point of the page, with the window's own look. */

import { Menu } from "@base-ui/react/menu";
import { Check, ChevronRight } from "lucide-react";
import { useMemo } from "react";

import type { MenuEntry } from "../../../design";
import { shortcutLabel } from "../../../design/shortcutLabel";
import type { Point } from "../graph/records";

interface Props {
  label: string;
  at: Point;
  entries: readonly MenuEntry[];
  onClose: () => void;
}

export function PointMenu({ label, at, entries, onClose }: Props) {
  const anchor = useMemo(() => ({ getBoundingClientRect: () => new DOMRect(at.x, at.y, 0, 0) }), [at]);
  return (
    <Menu.Root open onOpenChange={(open) => !open && onClose()} modal={false}>
      <Menu.Portal>
        <Menu.Positioner className="ui-layer" anchor={anchor} align="start" sideOffset={2}>
          <Menu.Popup className="ui-popup" aria-label={label} finalFocus={false}>
            <Lines entries={entries} />
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

/** Runs once the menu has given the keyboard back, which it does a frame after it closed: what opens next takes it. */
function whenClosed(run: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(run));
}

function Lines({ entries }: { entries: readonly MenuEntry[] }) {
  return entries.map((entry, index) => <Line key={index} entry={entry} />);
}

function Line({ entry }: { entry: MenuEntry }) {
  switch (entry.kind) {
    case "separator":
      return <Menu.Separator className="ui-separator" />;
    case "label":
      return <div className="ui-group-label">{entry.label}</div>;
    case "choice":
      return (
        <Menu.CheckboxItem
          className="ui-item"
          checked={entry.checked}
          onCheckedChange={entry.run}
          closeOnClick
        >
          <span className="ui-item-icon">{entry.checked && <Check size={14} />}</span>
          <span className="ui-item-label">{entry.label}</span>
        </Menu.CheckboxItem>
      );
    case "submenu":
      return (
        <Menu.SubmenuRoot>
          <Menu.SubmenuTrigger className="ui-item">
            <span className="ui-item-icon">{entry.icon}</span>
            <span className="ui-item-label">{entry.label}</span>
            <ChevronRight size={14} aria-hidden />
          </Menu.SubmenuTrigger>
          <Menu.Portal>
            <Menu.Positioner className="ui-layer" sideOffset={2}>
              <Menu.Popup className="ui-popup">
                <Lines entries={entry.entries} />
              </Menu.Popup>
            </Menu.Positioner>
          </Menu.Portal>
        </Menu.SubmenuRoot>
      );
    default:
      return (
        <Menu.Item
          className="ui-item"
          data-danger={entry.danger ? "" : undefined}
          disabled={entry.disabled ?? false}
          onClick={() => whenClosed(entry.run)}
        >
          <span className="ui-item-icon">{entry.icon}</span>
          <span className="ui-item-label">{entry.label}</span>
          {entry.shortcut && <span className="ui-item-end">{shortcutLabel(entry.shortcut)}</span>}
        </Menu.Item>
      );
  }
}
