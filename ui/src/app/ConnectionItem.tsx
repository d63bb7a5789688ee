import { Radio } from "lucide-react";

import { ProgressBar } from "../design";
import { ConnectionIcon } from "../project/ConnectionIcon";
import { connectionLabel, connectionTitle, historyShare, useConnection } from "../project/connection";
import { useDisplaced } from "../project/session";
import { goToTool } from "../workspace/tabs";

/** Where the work is: on this disk, on a server, on its way. Leads to the Connection panel. */
export function ConnectionItem() {
  const connection = useConnection();
  const history = historyShare(connection);
  const displaced = useDisplaced();
  const label = displaced === null ? connectionLabel(connection) : "Folder is gone";
  return (
    <>
      <button
        type="button"
        className="status-item status-place"
        title={connectionTitle(connection)}
        onClick={() => goToTool("connection")}
      >
        <ConnectionIcon state={displaced === null ? connection.state : "refused"} />
        {label}
        {connection.hosting && (
          <span className="status-hosting">
            <Radio size={12} aria-hidden /> Hosting
          </span>
        )}
      </button>
      {history !== undefined && (
        <span className="status-item" title="Older history is still being fetched. Everything else works.">
          Fetching history {Math.floor(history * 100)} %
          <span className="status-history">
            <ProgressBar label="Fetching history" value={history} />
          </span>
        </span>
      )}
      {/* Read out when the state changes, not with every number. */}
      <span className="ui-hidden" role="status">
        {connection.state === "syncing" ? "Syncing" : connection.state === "offline" ? "Offline" : label}
      </span>
    </>
  );
}
