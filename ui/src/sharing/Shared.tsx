import { useState } from "react";

import { closeDialog } from "../workspace/dialogs";
import { attempt } from "../workspace/notify";
import { usePolled } from "../project/usePolled";
import { Button, ConfirmDialog, CopyButton, FormField } from "../design";
import { connectionInfo, disconnect, shareInfo, stopHosting } from "../ipc/network";
import { ConnectionIcon } from "../project/ConnectionIcon";
import { WhatIsLeft } from "../project/WhatIsLeft";
import { connectionLabel, connectionText, useConnection } from "../project/connection";
import { MemberList } from "./MemberList";

/** People come and go. */
const REFRESH = 2000;

interface SharedProps {
  /** Another server is to be chosen, starting from this one. */
  onChange: (url: string | null) => void;
}

/** A session that others can join: the link, where it stands, who is in it. */
export function Shared({ onChange }: SharedProps) {
  const connection = useConnection();
  const key = `${connection.state} ${String(connection.hosting)}`;
  const share = usePolled(shareInfo, REFRESH, key);
  const info = usePolled(connectionInfo, REFRESH, key);
  const [ending, setEnding] = useState(false);
  const { hosting } = connection;
  const end = async () => {
    await (hosting ? stopHosting() : disconnect());
    onChange(null);
  };
  return (
    <>
      <div className="sharing-state" data-problem={connection.problem === null ? undefined : ""}>
        <ConnectionIcon state={connection.state} size={16} />
        <div>
          <div className="sharing-state-label">
            {connectionLabel(connection)}
            {info.value?.url && (
              <span className="ui-mono">
                {hosting ? "this machine" : ""} {info.value.url}
              </span>
            )}
          </div>
          <p>{connectionText(connection)}</p>
          <WhatIsLeft connection={connection} />
          {connection.problem !== null && <p className="sharing-state-problem">{connection.problem}</p>}
        </div>
      </div>
      {/* Where this project was not let in there is nothing to join. */}
      {share.value?.link && connection.state !== "refused" && (
        <ShareLink link={share.value.link} reach={share.value.reach} />
      )}
      {share.value && <MemberList members={share.value.members} />}
      {share.failure && (
        <div className="form-failure" role="alert">
          {share.failure.message}
        </div>
      )}
      <div className="ui-dialog-actions sharing-actions">
        <Button variant="danger" onClick={() => setEnding(true)}>
          {hosting ? "Stop hosting…" : "Disconnect…"}
        </Button>
        {!hosting && <Button onClick={() => onChange(info.value?.url ?? null)}>Change server…</Button>}
        <span className="sharing-space" />
        <Button variant="primary" autoFocus onClick={closeDialog}>
          Done
        </Button>
      </div>
      <ConfirmDialog
        open={ending}
        title={hosting ? "Stop hosting?" : "Disconnect?"}
        text={
          hosting
            ? "Others lose the connection. Nobody loses anything: everyone keeps the whole project, and what they do meanwhile arrives when you host again."
            : "You do not see what others do any more, nor they what you do. Nothing is lost; it is exchanged when you connect again."
        }
        action={hosting ? "Stop hosting" : "Disconnect"}
        onClose={() => setEnding(false)}
        onConfirm={() => void attempt(end)}
      />
    </>
  );
}

function ShareLink({ link, reach }: { link: string; reach: string }) {
  return (
    <section className="sharing-link" aria-label="Link">
      <div className="sharing-link-row">
        <FormField label="Link for others" value={link} mono readOnly onChange={() => undefined} />
        <CopyButton label="Copy link" text={link} variant="primary" />
      </div>
      <p>
        {reach} The link contains a secret: send it only to people who may see and change everything in this
        project.
      </p>
    </section>
  );
}
