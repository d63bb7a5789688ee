import { ShieldAlert } from "lucide-react";
import { useState } from "react";
import type { FormEvent, ReactNode } from "react";

import { Button, FormField } from "../design";
import { chooseFolder } from "../ipc/dialogs";
import type { LinkInfo, ProjectInfo } from "../ipc/types";
import { PathField } from "../workspace/PathField";
import { joinPath, lastName } from "../workspace/paths";

interface JoinOfferProps {
  info: LinkInfo;
  /** The project that is open now and is closed for the other one. */
  open: ProjectInfo | null;
  /** What this person is called so far. */
  name: string;
  busy: boolean;
  problem: ReactNode;
  onCancel: () => void;
  onJoin: (folder: string, name: string) => void;
  onOpen: (folder: string) => void;
  /** Goes to the link's server from now on. */
  onMove: () => void;
}

/** What a link leads to, and whether one wants that. */
export function JoinOffer(props: JoinOfferProps) {
  const { info, open, busy, problem, onCancel, onJoin, onOpen, onMove } = props;
  const [folder, setFolder] = useState(info.suggestedFolder);
  const [name, setName] = useState(props.name);
  const here = info.folder;
  const isOpen = info.session === open?.session;
  const isNew = here === null && !info.serverKnown;
  const ready = !busy && (here !== null || (folder.trim() !== "" && name.trim() !== ""));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    if (here !== null) onOpen(here);
    else onJoin(folder.trim(), name.trim());
  };
  return (
    <form className="ui-dialog-body" onSubmit={submit}>
      <dl className="sharing-facts ui-selectable">
        <dt>Project</dt>
        <dd>{info.name}</dd>
        <dt>Session</dt>
        <dd className="ui-mono">{info.session}</dd>
        <dt>Server</dt>
        <dd className="ui-mono">{info.server}</dd>
        {here !== null && (
          <>
            <dt>On this machine</dt>
            <dd className="ui-mono">{here}</dd>
          </>
        )}
      </dl>
      {here !== null && (
        <p>
          {isOpen
            ? "This session is open here already."
            : "You have joined this session before. It is already on this machine."}
        </p>
      )}
      {info.goesTo !== null && (
        <div className="sharing-unknown" role="note">
          <ShieldAlert size={16} aria-hidden />
          <p>
            <strong>This session goes to another server here:</strong>{" "}
            <span className="ui-mono">{info.goesTo}</span>. You can open it as it is, or have it go to the
            link&apos;s server from now on.
          </p>
        </div>
      )}
      {isNew && (
        <div className="sharing-unknown" role="note">
          <ShieldAlert size={16} aria-hidden />
          <p>
            <strong>You have not used this server before.</strong> It will learn your name and everything you
            do in this project. Go on only if you know who sent you the link.
          </p>
        </div>
      )}
      {here === null && (
        <FormField
          label="Your name"
          value={name}
          autoFocus
          note="What the others see you as."
          onChange={setName}
        />
      )}
      {here === null && (
        <PathField
          label="Folder"
          value={folder}
          note="The whole project is kept here too, so that you can work without the server."
          browse={async () => {
            const chosen = await chooseFolder("Where the project goes");
            return chosen === null ? null : joinPath(chosen, lastName(info.suggestedFolder));
          }}
          onChange={setFolder}
        />
      )}
      {open && !isOpen && (
        <p className="ui-field-note">{open.name} is saved, and closed once the other one is here.</p>
      )}
      {problem}
      <div className="ui-dialog-actions">
        <Button onClick={onCancel}>Cancel</Button>
        {info.goesTo !== null && (
          <Button disabled={busy} onClick={onMove}>
            Go to {info.server}
          </Button>
        )}
        <Button type="submit" variant="primary" autoFocus={here !== null} disabled={!ready}>
          {isOpen ? "Go on" : here !== null ? "Open" : isNew ? "Trust the server and join" : "Join"}
        </Button>
      </div>
    </form>
  );
}
