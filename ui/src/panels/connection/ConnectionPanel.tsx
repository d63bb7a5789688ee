import { Share2 } from "lucide-react";

import { showDialog } from "../../workspace/dialogs";
import { usePolled } from "../../project/usePolled";
import { Button, EmptyState, ProgressBar } from "../../design";
import { connectionInfo } from "../../ipc/network";
import type { ConnectionInfo, ConnectionStatus } from "../../ipc/types";
import { ConnectionIcon } from "../../project/ConnectionIcon";
import { WhatIsLeft } from "../../project/WhatIsLeft";
import {
  connectionLabel,
  connectionText,
  count,
  historyShare,
  useConnection,
} from "../../project/connection";
import { HostingSection } from "./HostingSection";
import { LiveMessages } from "./LiveMessages";
import { ServerSection } from "./ServerSection";
import "./connection.css";

const REFRESH = 2000;

/** Where the session stands with its server, in full. */
export function ConnectionPanel() {
  const connection = useConnection();
  const { value: info, failure } = usePolled(
    connectionInfo,
    REFRESH,
    `${connection.state} ${String(connection.hosting)}`,
  );
  if (connection.state === "local") {
    return (
      <EmptyState
        title="On this disk"
        actions={
          <Button icon={<Share2 size={13} aria-hidden />} onClick={() => showDialog("share")}>
            Share…
          </Button>
        }
      >
        This project is on this disk only. Share it to work on it with others: the connection, the server and
        live messages are shown here.
      </EmptyState>
    );
  }
  return (
    <div className="connection" tabIndex={0} role="group" aria-label="Connection details">
      <StateSection connection={connection} info={info} />
      {failure && (
        <p className="connection-failure" role="alert">
          {failure.message}
        </p>
      )}
      <ServerSection
        url={info?.url ?? null}
        server={info?.server ?? null}
        asked={info !== undefined}
        state={connection.state}
      />
      {info?.hosting && <HostingSection hosting={info.hosting} />}
      <LiveMessages counts={info?.messages} />
    </div>
  );
}

function StateSection({
  connection,
  info,
}: {
  connection: ConnectionStatus;
  info: ConnectionInfo | undefined;
}) {
  const history = historyShare(connection);
  const { done, total } = syncingOf(connection);
  return (
    <section className="connection-section" aria-labelledby="connection-state">
      <h3 id="connection-state" className="connection-title">
        <ConnectionIcon state={connection.state} size={15} />
        {connectionLabel(connection)}
      </h3>
      <p>{connectionText(connection)}</p>
      <WhatIsLeft connection={connection} />
      {connection.problem !== null && (
        <p className="connection-problem" role="note">
          {connection.problem}
        </p>
      )}
      {total > 0 && <ProgressBar label="Syncing" value={Math.min(1, done / total)} />}
      <dl className="connection-facts">
        <dt>Waiting to be sent</dt>
        <dd>{count(connection.waiting)}</dd>
        {info?.login && (
          <>
            <dt>Signed in with</dt>
            <dd>{LOGIN_WORDS[info.login]}</dd>
          </>
        )}
        {connection.history && history !== undefined && (
          <>
            <dt>History</dt>
            <dd>
              {count(connection.history.done)} of {count(connection.history.total)} here
            </dd>
          </>
        )}
      </dl>
      <div className="connection-actions">
        <Button icon={<Share2 size={13} aria-hidden />} onClick={() => showDialog("share")}>
          Share…
        </Button>
      </div>
    </section>
  );
}

/** How far edits are, and where none are on their way, files. */
function syncingOf({ state, done, total, files, settled }: ConnectionStatus) {
  if (state !== "syncing" || settled) return { done: 0, total: 0 };
  return total === "0" && files
    ? { done: Number(files.done), total: Number(files.total) }
    : { done: Number(done), total: Number(total) };
}

const LOGIN_WORDS: Readonly<Record<NonNullable<ConnectionInfo["login"]>, string>> = {
  none: "nothing",
  password: "a name and a password",
  token: "a shared secret (token)",
  credentials: "a credentials file of your own",
};
