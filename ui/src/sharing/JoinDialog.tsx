import { useEffect, useState } from "react";
import type { FormEvent, ReactNode } from "react";

import { closeDialog } from "../workspace/dialogs";
import { Button, Dialog, FormField } from "../design";
import { cancelFetch, fetchProject, inspectLink, moveProject } from "../ipc/links";
import { openProject } from "../ipc/project";
import { ApiFailure } from "../ipc/failure";
import type { JoinProgress, LinkInfo, ProjectInfo } from "../ipc/types";
import { openWith, setPerson, useAppInfo, useProject } from "../project/project";
import { JoinOffer } from "./JoinOffer";
import { Joining } from "./Joining";
import type { JoinPhase } from "./Joining";
import "./sharing.css";

type Step =
  | { step: "ask" }
  | { step: "offer"; info: LinkInfo }
  | { step: "join"; info: LinkInfo; progress: JoinProgress | undefined; phase: JoinPhase };

/** Takes a link to a session and joins it. With a link that was given, asks only whether. */
export function JoinDialog({ link: given }: { link: string }) {
  const project = useProject();
  const user = useAppInfo()?.user;
  const [link, setLink] = useState(given);
  const [state, setState] = useState<Step>({ step: "ask" });
  const [busy, setBusy] = useState(given !== "");
  const [failure, setFailure] = useState<ApiFailure>();

  const fail = (thrown: unknown) => setFailure(ApiFailure.from(thrown));
  useEffect(() => {
    if (given === "") return undefined;
    let stopped = false;
    inspect(given, (next, thrown) => {
      if (stopped) return;
      setState(next);
      setFailure(thrown);
      setBusy(false);
    });
    return () => {
      stopped = true;
    };
  }, [given]);

  const open = async (info: LinkInfo, folder: string) => {
    if (info.session === project?.session) {
      closeDialog();
      return;
    }
    await openBy(() => openProject(folder));
  };
  const openBy = async (command: () => Promise<ProjectInfo>) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await openWith(command);
      closeDialog();
    } catch (thrown) {
      fail(thrown);
      setBusy(false);
    }
  };
  const whileJoining = (change: { progress: JoinProgress } | { phase: JoinPhase }) =>
    setState((before) => (before.step === "join" ? { ...before, ...change } : before));
  const join = async (info: LinkInfo, folder: string, name: string) => {
    setFailure(undefined);
    setState({ step: "join", info, progress: undefined, phase: "fetching" });
    try {
      if (user && name !== user.name) await setPerson(name, user.color);
      const fetched = await fetchProject(link.trim(), folder, (progress) => whileJoining({ progress }));
      whileJoining({ phase: "opening" });
      await openWith(() => openProject(fetched));
      closeDialog();
    } catch (thrown) {
      if (ApiFailure.from(thrown).code !== "cancelled") fail(thrown);
      setState({ step: "offer", info });
    }
  };
  const cancel = () => whileJoining({ phase: "cancelling" });
  const isFetching = state.step === "join" && state.phase === "fetching";
  useEffect(() => {
    if (!isFetching) return undefined;
    // Fetching ends with this phase, also when the dialog gives way to the next link. When it is over, this does nothing.
    return () => void cancelFetch().catch(() => undefined);
  }, [isFetching]);

  const problem = failure && (
    <div className="form-failure" role="alert">
      {failure.message}
    </div>
  );
  if (state.step === "join") {
    return (
      <JoinFrame title={`Joining ${state.info.name}`} onClose={() => isFetching && cancel()}>
        <Joining progress={state.progress} phase={state.phase} onCancel={cancel} />
      </JoinFrame>
    );
  }
  if (state.step === "offer") {
    return (
      <JoinFrame title={`Join ${state.info.name}`} onClose={closeDialog}>
        <JoinOffer
          info={state.info}
          open={project}
          name={user?.name ?? ""}
          busy={busy}
          problem={problem}
          onCancel={closeDialog}
          onJoin={(folder, name) => void join(state.info, folder, name)}
          onOpen={(folder) => void open(state.info, folder)}
          onMove={() => void openBy(() => moveProject(link.trim()))}
        />
      </JoinFrame>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (busy || link.trim() === "") return;
    setBusy(true);
    inspect(link, (next, thrown) => {
      setState(next);
      setFailure(thrown);
      setBusy(false);
    });
  };
  return (
    <JoinFrame title="Open a shared link" onClose={closeDialog}>
      <form className="ui-dialog-body" onSubmit={submit}>
        <FormField
          label="Link"
          value={link}
          mono
          autoFocus
          placeholder="wissil://session/…"
          note="Whoever shares a project finds it under Share."
          onChange={(next) => {
            setLink(next);
            // It was about another link.
            setFailure(undefined);
          }}
        />
        {problem}
        <div className="ui-dialog-actions">
          <Button onClick={closeDialog}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy || link.trim() === ""}>
            {busy ? "Reading…" : "Continue"}
          </Button>
        </div>
      </form>
    </JoinFrame>
  );
}

/** Reads a link; calls back with what to show then. */
function inspect(link: string, settle: (next: Step, failure: ApiFailure | undefined) => void): void {
  inspectLink(link.trim()).then(
    (info) => settle({ step: "offer", info }, undefined),
    (thrown: unknown) => settle({ step: "ask" }, ApiFailure.from(thrown)),
  );
}

function JoinFrame(props: { title: string; onClose: () => void; children: ReactNode }) {
  return (
    <Dialog title={props.title} open medium onClose={props.onClose}>
      {props.children}
    </Dialog>
  );
}
