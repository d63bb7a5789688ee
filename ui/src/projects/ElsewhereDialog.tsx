import { useState } from "react";

import { closeDialog } from "../workspace/dialogs";
import { Button } from "../design";
import { quit } from "../ipc/app";
import { chooseFolder } from "../ipc/dialogs";
import { saveElsewhere, useAppInfo, useProject } from "../project/project";
import { FormDialog } from "../workspace/FormDialog";
import { PathField } from "../workspace/PathField";
import { folderName, joinPath } from "../workspace/paths";

/** Where a project goes on whose folder is gone. */
export function ElsewhereDialog() {
  const app = useAppInfo();
  const project = useProject();
  const [folder, setFolder] = useState(project?.path ?? "");
  return (
    <FormDialog
      title="Save the project elsewhere"
      text={`${project?.path ?? "Its folder"} is gone, so this project is in memory only. Save it into a folder and go on there.`}
      action="Save"
      canSubmit={folder.trim() !== ""}
      onClose={closeDialog}
      onSubmit={() => saveElsewhere(folder.trim())}
      other={
        <Button variant="danger" onClick={() => void quit()}>
          Close the window without saving
        </Button>
      }
    >
      <PathField
        label="Folder"
        value={folder}
        autoFocus
        note="It is created if it does not exist. The same folder as before will do."
        browse={async () => {
          const chosen = await chooseFolder("Where the project goes", app?.projectsFolder);
          return chosen === null ? null : joinPath(chosen, folderName(project?.name ?? ""));
        }}
        onChange={setFolder}
      />
    </FormDialog>
  );
}
