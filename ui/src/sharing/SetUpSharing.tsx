import { Cloud, Laptop } from "lucide-react";
import { useState } from "react";
import type { FormEvent } from "react";

import { Button, RadioCards } from "../design";
import { connect, startHosting } from "../ipc/network";
import type { Reach } from "../ipc/types";
import { ApiFailure } from "../ipc/failure";
import { ServerFields } from "./ServerFields";
import { EMPTY_SERVER, serverSettings } from "./serverDraft";
import type { ServerDraft } from "./serverDraft";

type Way = "host" | "connect";

const WAYS = [
  {
    value: "host" as const,
    title: "Host on this machine",
    text: "This machine is the meeting point. Others can join while the project is open here.",
    icon: <Laptop size={14} aria-hidden />,
  },
  {
    value: "connect" as const,
    title: "Connect to a server",
    text: "A server that your team or your company runs. Others can join at any time.",
    icon: <Cloud size={14} aria-hidden />,
  },
];

const REACHES: readonly { value: Reach; title: string; text: string }[] = [
  {
    value: "machine",
    title: "This machine only",
    text: "Nothing is opened to the network. Only programs on this machine can join.",
  },
  {
    value: "network",
    title: "Everyone on my network",
    text: "Opens a port of this machine to your network. Whoever is on it and has the link can see and change this project; what they send and get is encrypted. Your system may ask whether to allow it.",
  },
];

interface SetUpSharingProps {
  /** The server that is chosen now, to start from. */
  url: string | null;
  onCancel: () => void;
  onShared: () => void;
}

/** Asks where people meet. */
export function SetUpSharing({ url, onCancel, onShared }: SetUpSharingProps) {
  const [way, setWay] = useState<Way>(url === null ? "host" : "connect");
  const [reach, setReach] = useState<Reach>("machine");
  const [draft, setDraft] = useState<ServerDraft>({ ...EMPTY_SERVER, url: url ?? "" });
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure>();
  const settings = serverSettings(draft);
  const ready = !busy && (way === "host" || settings !== undefined);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    setBusy(true);
    setFailure(undefined);
    try {
      if (way === "host") {
        await startHosting(reach);
      } else if (settings) {
        await connect(settings);
      }
      onShared();
    } catch (thrown) {
      setFailure(ApiFailure.from(thrown));
      setBusy(false);
    }
  };
  return (
    <form className="ui-dialog-body" onSubmit={(event) => void submit(event)}>
      <RadioCards label="Where you meet" autoFocus value={way} options={WAYS} onChange={setWay} />
      {way === "host" ? (
        <RadioCards label="Who can join" value={reach} options={REACHES} onChange={setReach} />
      ) : (
        <ServerFields
          draft={draft}
          onChange={(changed) => setDraft((before) => ({ ...before, ...changed }))}
        />
      )}
      {failure && (
        <div className="form-failure" role="alert">
          {failure.message}
        </div>
      )}
      <div className="ui-dialog-actions">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" variant="primary" disabled={!ready}>
          {busy ? "Working…" : way === "host" ? "Start hosting" : "Connect"}
        </Button>
      </div>
    </form>
  );
}
