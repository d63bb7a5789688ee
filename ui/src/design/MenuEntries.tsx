import { Menu as Base } from "@base-ui/react/menu";
import { Check, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";

import { shortcutLabel } from "./shortcutLabel";

/** One line of a menu. */
export type MenuEntry =
  | {
      kind?: "item";
      label: string;
      icon?: ReactNode;
      shortcut?: string | undefined;
      danger?: boolean;
      disabled?: boolean;
      run: () => void;
    }
  | { kind: "choice"; label: string; checked: boolean; run: () => void }
  | { kind: "submenu"; label: string; icon?: ReactNode; entries: readonly MenuEntry[] }
  | { kind: "label"; label: string }
  | { kind: "separator" };

/** The lines of a menu, within its popup. */
export function MenuEntries({ entries }: { entries: readonly MenuEntry[] }) {
  const icons = entries.some(
    (entry) => entry.kind === "choice" || ("icon" in entry && entry.icon !== undefined),
  );
  return entries.map((entry, at) => <MenuLine key={at} entry={entry} icons={icons} />);
}

function MenuLine({ entry, icons }: { entry: MenuEntry; icons: boolean }) {
  switch (entry.kind) {
    case "separator":
      return <Base.Separator className="ui-separator" />;
    case "label":
      return <div className="ui-group-label">{entry.label}</div>;
    case "choice":
      return (
        <Base.CheckboxItem
          className="ui-item"
          checked={entry.checked}
          onCheckedChange={entry.run}
          closeOnClick
        >
          <span className="ui-item-icon">{entry.checked && <Check size={14} />}</span>
          <span className="ui-item-label">{entry.label}</span>
        </Base.CheckboxItem>
      );
    case "submenu":
      return (
        <Base.SubmenuRoot>
          <Base.SubmenuTrigger className="ui-item">
            {icons && <span className="ui-item-icon">{entry.icon}</span>}
            <span className="ui-item-label">{entry.label}</span>
            <ChevronRight size={14} aria-hidden />
          </Base.SubmenuTrigger>
          <Base.Portal>
            <Base.Positioner className="ui-layer" sideOffset={2}>
              <Base.Popup className="ui-popup">
                <MenuEntries entries={entry.entries} />
              </Base.Popup>
            </Base.Positioner>
          </Base.Portal>
        </Base.SubmenuRoot>
      );
    default:
      return (
        <Base.Item
          className="ui-item"
          data-danger={entry.danger ? "" : undefined}
          disabled={entry.disabled ?? false}
          onClick={entry.run}
        >
          {icons && <span className="ui-item-icon">{entry.icon}</span>}
          <span className="ui-item-label">{entry.label}</span>
          {entry.shortcut && <span className="ui-item-end">{shortcutLabel(entry.shortcut)}</span>}
        </Base.Item>
      );
  }
}
