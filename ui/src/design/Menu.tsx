import { ContextMenu as BaseContext } from "@base-ui/react/context-menu";
import { Menu as Base } from "@base-ui/react/menu";
import { useRef } from "react";
import type { KeyboardEvent, ReactElement } from "react";

import { MenuEntries } from "./MenuEntries";
import type { MenuEntry } from "./MenuEntries";
import { isMenuKey, useFirstMarked } from "./menuKey";

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
  const byKeyboard = useRef(false);
  const { mark, onFocus } = useFirstMarked();
  return (
    <BaseContext.Root
      onOpenChange={(open) => {
        mark(open && byKeyboard.current);
        byKeyboard.current = false;
        onOpenChange?.(open);
      }}
    >
      <BaseContext.Trigger
        render={children}
        // The event that opens it does not tell what it came of.
        onKeyDownCapture={(event: KeyboardEvent) => {
          byKeyboard.current = isMenuKey(event);
        }}
        onPointerDownCapture={() => {
          byKeyboard.current = false;
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
