import { Copy } from "lucide-react";
import { useEffect, useState } from "react";

import { Button } from "../../design";
import { ApiFailure, showEvent } from "../../ipc";

/** An event as it stands in the log. */
export function EventDetails({ cid }: { cid: string }) {
  const [text, setText] = useState("");
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    showEvent(cid).then(setText, (thrown: unknown) => setText(ApiFailure.from(thrown).message));
  }, [cid]);
  const copy = () => void navigator.clipboard.writeText(cid).then(() => setCopied(true));
  return (
    <>
      <div className="event-cid">
        <code className="ui-mono ui-selectable">{cid}</code>
        <Button icon={<Copy size={13} aria-hidden />} onClick={copy}>
          {copied ? "Copied" : "Copy CID"}
        </Button>
      </div>
      <pre className="event-json ui-mono ui-selectable" tabIndex={0} aria-label="Event as JSON">
        {text}
      </pre>
    </>
  );
}
