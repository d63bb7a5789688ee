import { CloudOff, CloudCheck, HardDrive, LoaderCircle, RefreshCw, ShieldX } from "lucide-react";

import type { ConnectionState } from "../ipc/types";
import "./connection.css";

const ICONS: Readonly<Record<ConnectionState, typeof HardDrive>> = {
  local: HardDrive,
  connecting: LoaderCircle,
  syncing: RefreshCw,
  online: CloudCheck,
  offline: CloudOff,
  refused: ShieldX,
};

/** The state of the connection as a shape; the words stand beside it. */
export function ConnectionIcon({ state, size = 13 }: { state: ConnectionState; size?: number }) {
  const Icon = ICONS[state];
  return <Icon size={size} className="connection-icon" data-state={state} aria-hidden />;
}
