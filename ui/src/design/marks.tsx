import type { ReactNode } from "react";

import { shortcutLabel } from "./shortcutLabel";

export function Badge({
  tone = "plain",
  children,
}: {
  tone?: "plain" | "error" | "warning";
  children: ReactNode;
}) {
  return (
    <span className="ui-badge" data-tone={tone}>
      {children}
    </span>
  );
}

/** A key combination as this machine writes it. */
export function Kbd({ keys }: { keys: string }) {
  return <kbd className="ui-kbd">{shortcutLabel(keys)}</kbd>;
}
