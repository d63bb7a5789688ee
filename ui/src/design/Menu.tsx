import { ContextMenu as BaseContext } from "@base-ui/react/context-menu";
import { Menu as Base } from "@base-ui/react/menu";
import type { KeyboardEvent, ReactElement } from "react";

import { MenuEntries } from "./MenuEntries";
import type { MenuEntry } from "./MenuEntries";
import { isMenuKey, menuTarget, openMenuOf, useFirstMarked } from "./menuKey";

interface MenuProps {
  trigger: ReactElement<Record<string, unknown>>;
  entries: readonly MenuEntry[];
  align?: "start" | "end";
}

/** A menu under a button. */
export function Menu({ trigger, entries, align = "start" }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className="ui-layer" align={align} sideOffset={4}>
          <Base.Popup className="ui-popup">
            <MenuEntries entries={entries} />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

interface ContextMenuProps {
  entries: readonly MenuEntry[];
  /** The area that opens it by right click or the menu key. */
  children: ReactElement<Record<string, unknown>>;
  onOpenChange?: (open: boolean) => void;
}

export function ContextMenu({ entries, children, onOpenChange }: ContextMenuProps) {
  const { mark, onFocus } = useFirstMarked();
  return (
    <BaseContext.Root
      onOpenChange={(open) => {
        if (!open) mark(false);
        onOpenChange?.(open);
      }}
    >
      <BaseContext.Trigger
        render={children}
        onKeyDown={(event: KeyboardEvent) => {
          if (event.defaultPrevented || !isMenuKey(event)) return;
          const target = menuTarget(event.target);
          if (!target) return;
          event.preventDefault();
          mark(true);
          openMenuOf(target);
        }}
      />
      <BaseContext.Portal>
        <BaseContext.Positioner className="ui-layer">
          <BaseContext.Popup className="ui-popup" onFocus={onFocus}>
            <MenuEntries entries={entries} />
          </BaseContext.Popup>
        </BaseContext.Positioner>
      </BaseContext.Portal>
    </BaseContext.Root>
  );
}
