import { useState } from "react";

import { closeDialog } from "../workspace/dialogs";
import { Dialog } from "../design";
import { useConnection } from "../project/connection";
import { useProject } from "../project/project";
import { SetUpSharing } from "./SetUpSharing";
import { Shared } from "./Shared";
import "./sharing.css";

/** Working with others: where one meets, the link that lets them in, and who is there. */
export function ShareDialog() {
  const project = useProject();
  const { state } = useConnection();
  const [view, setView] = useState<"choose" | "shared">(state === "local" ? "choose" : "shared");
  /** The server to start from when another one is chosen. */
  const [url, setUrl] = useState<string | null>(null);
  return (
    <Dialog
      title={`Share ${project?.name ?? ""}`}
      text={
        view === "choose"
          ? "Others get the whole project with its history, and everyone sees what the others do. Everything stays on your disk too."
          : undefined
      }
      medium
      open
      onClose={closeDialog}
    >
      {view === "choose" ? (
        <SetUpSharing
          url={url}
          onCancel={() => (state === "local" ? closeDialog() : setView("shared"))}
          onShared={() => setView("shared")}
        />
      ) : (
        <Shared
          onChange={(from) => {
            setUrl(from);
            setView("choose");
          }}
        />
      )}
    </Dialog>
  );
}
