import { useEffect, useState } from "react";

import { CopyButton } from "../../design";
import { ApiFailure } from "../../ipc/failure";
import { showEvent } from "../../ipc/history";

/** An event as it stands in the log. */
export function EventDetails({ cid }: { cid: string }) {
  const [text, setText] = useState("");
  useEffect(() => {
    showEvent(cid).then(setText, (thrown: unknown) => setText(ApiFailure.from(thrown).message));
  }, [cid]);
  return (
    <>
      <div className="event-cid">
        <code className="ui-mono ui-selectable">{cid}</code>
        <CopyButton label="Copy CID" text={cid} />
      </div>
      <pre className="event-json ui-mono ui-selectable" tabIndex={0} aria-label="Event as JSON">
        {text}
      </pre>
    </>
  );
}
