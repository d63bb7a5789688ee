import { useState } from "react";

import { closeDialog, useDialogs } from "../workspace/dialogs";
import { attempt, showNotice } from "../workspace/notify";
import { ColorButton, FormField, Select } from "../design";
import { chooseFile, chooseFolder, chooseSaveFile } from "../ipc/dialogs";
import { problems } from "../ipc/documents";
import { exportProject, fileExists, importProject, newProject, openProject } from "../ipc/project";
import { ApiFailure } from "../ipc/failure";
import type { ExportFormat, Person } from "../ipc/types";
import { openWith, setPerson, useAppInfo, useProject } from "../project/project";
import { ElsewhereDialog } from "./ElsewhereDialog";
import { JoinDialog } from "../sharing/JoinDialog";
import { ShareDialog } from "../sharing/ShareDialog";
import { showTool } from "../workspace/tabs";
import { FormDialog } from "../workspace/FormDialog";
import { KeysDialog } from "./KeysDialog";
import { PathField } from "../workspace/PathField";
import { fileStem, folderName, joinPath, lastName } from "../workspace/paths";
import { Question, ask } from "../workspace/questions";
import { colorHolder } from "../presence/apart";
import { nameOf } from "../presence/names";
import { usePeople } from "../project/session";
import { VerifyDialog } from "./VerifyDialog";
import "./projects.css";

const GLTF = [{ name: "glTF", extensions: ["glb", "gltf"] }];

/** The dialog that is open, if one is. */
export function ProjectDialogs() {
  const { open, link } = useDialogs();
  switch (open) {
    case "new":
      return <NewDialog />;
    case "open":
      return <OpenDialog />;
    case "import":
      return <ImportDialog />;
    case "elsewhere":
      return <ElsewhereDialog />;
    case "export":
      return <ExportDialog />;
    case "person":
      return <PersonDialog />;
    case "verify":
      return <VerifyDialog />;
    case "keys":
      return <KeysDialog />;
    case "share":
      return <ShareDialog />;
    case "join":
      return <JoinDialog key={link} link={link} />;
    case null:
      return <Question />;
  }
}

function NewDialog() {
  const parent = useAppInfo()?.projectsFolder ?? "";
  const [name, setName] = useState("");
  const [typed, setTyped] = useState<string>();
  const folder = typed ?? joinPath(parent, folderName(name));
  return (
    <FormDialog
      title="New project"
      text="A project is a folder. Everything you do is kept in it, on this disk."
      action="Create project"
      canSubmit={name.trim() !== "" && folder.trim() !== ""}
      onClose={closeDialog}
      onSubmit={() => openWith(() => newProject(name.trim(), folder.trim()))}
    >
      <FormField label="Name" value={name} autoFocus onChange={setName} />
      <PathField
        label="Folder"
        value={folder}
        note="It is created if it does not exist."
        browse={async () => {
          const chosen = await chooseFolder("Where the project goes", parent);
          return chosen === null ? null : joinPath(chosen, folderName(name));
        }}
        onChange={setTyped}
      />
    </FormDialog>
  );
}

function OpenDialog() {
  const app = useAppInfo();
  const [path, setPath] = useState("");
  return (
    <FormDialog
      title="Open a project"
      action="Open"
      canSubmit={path.trim() !== ""}
      onClose={closeDialog}
      onSubmit={() => openWith(() => openProject(path.trim()))}
    >
      <PathField
        label="Project folder"
        value={path}
        autoFocus
        placeholder={app?.projectsFolder ?? ""}
        browse={() => chooseFolder("Open a project", app?.projectsFolder)}
        onChange={setPath}
      />
    </FormDialog>
  );
}

function ImportDialog() {
  const parent = useAppInfo()?.projectsFolder ?? "";
  const [file, setFile] = useState("");
  const [typed, setTyped] = useState<string>();
  const folder = typed ?? joinPath(parent, folderName(fileStem(file)));
  return (
    <FormDialog
      title="Import glTF"
      text="Makes a new project of a .glb or .gltf file: its scene, materials and behaviour graphs."
      action="Import"
      canSubmit={file.trim() !== "" && folder.trim() !== ""}
      onClose={closeDialog}
      onSubmit={async () => {
        await openWith(() => importProject(file.trim(), folder.trim()));
        void attempt(() => showImportNotes(lastName(file.trim())));
      }}
    >
      <PathField
        label="File"
        value={file}
        autoFocus
        placeholder="model.glb"
        browse={() => chooseFile("Import glTF", GLTF)}
        onChange={setFile}
      />
      <PathField
        label="Project folder"
        value={folder}
        note="It is created if it does not exist."
        browse={async () => {
          const chosen = await chooseFolder("Where the project goes", parent);
          return chosen === null ? null : joinPath(chosen, folderName(fileStem(file)));
        }}
        onChange={setTyped}
      />
    </FormDialog>
  );
}

/** Says that an import left something to know, and where that is read, now and later. */
async function showImportNotes(file: string): Promise<void> {
  const notes = (await problems()).filter(({ note }) => note !== null);
  if (notes.length === 0) return;
  const things = notes.length === 1 ? "one thing" : `${notes.length} things`;
  showNotice(`${file}: ${things} to know`, "Problems lists what was left out, changed, or is wrong.", {
    label: "Show",
    onClick: () => showTool("problems"),
  });
}

const FORMATS: readonly { value: ExportFormat; label: string; note: string }[] = [
  {
    value: "glb",
    label: "glTF binary (.glb)",
    note: "The scene with its graphs, for other viewers and tools.",
  },
  { value: "json", label: "Events (.json)", note: "The whole history as readable events." },
  { value: "car", label: "Archive (.car)", note: "The whole history with its objects, content-addressed." },
];

function askToReplace(path: string): Promise<boolean> {
  const text = `${path} is there already. What is in it is lost when it is replaced; undo does not bring it back.`;
  return ask({ title: "Replace the file", text, action: "Replace" });
}

class NotReplaced extends ApiFailure {
  constructor() {
    super({ code: "cancelled", message: "Nothing was exported. Choose another file.", detail: "" });
  }
}

function ExportDialog() {
  const project = useProject();
  const [format, setFormat] = useState<ExportFormat>("glb");
  const [typed, setTyped] = useState<string>();
  /** The system's dialog has asked already whether to replace it. */
  const [chosen, setChosen] = useState<string>();
  const file = typed ?? joinPath(project?.path ?? "", `${folderName(project?.name ?? "project")}.${format}`);
  return (
    <FormDialog
      title="Export"
      text={FORMATS.find((candidate) => candidate.value === format)?.note}
      action="Export"
      canSubmit={file.trim() !== ""}
      onClose={closeDialog}
      onSubmit={async () => {
        const path = file.trim();
        if (path !== chosen && (await fileExists(path)) && !(await askToReplace(path)))
          throw new NotReplaced();
        const notes = await exportProject(format, path);
        showNotice(`Exported to ${file.trim()}`, notes.join("\n"));
      }}
    >
      <div className="ui-field">
        <span className="ui-field-label">Format</span>
        <Select
          label="Format"
          value={format}
          options={FORMATS}
          onChange={(next) => {
            setFormat(next as ExportFormat);
            setTyped((path) => path?.replace(/\.(glb|json|car)$/, `.${next}`));
          }}
        />
      </div>
      <PathField
        label="File"
        value={file}
        browse={async () => {
          const path = await chooseSaveFile("Export", [{ name: format, extensions: [format] }], file);
          if (path !== null) setChosen(path);
          return path;
        }}
        onChange={setTyped}
      />
    </FormDialog>
  );
}

/** The colours that a new installation gets one of, and which one changes it to. */
const PERSON_COLORS = [
  "#ff8a57",
  "#5bc8ff",
  "#b58bff",
  "#4cc38a",
  "#f2c14e",
  "#f2726f",
  "#6fd3c7",
  "#ff8ac4",
];

function swatchLabel(color: string, holder: Person | undefined): string {
  return holder ? `${color}, the colour of ${nameOf(holder)}` : color;
}

function PersonDialog() {
  const user = useAppInfo()?.user;
  const [name, setName] = useState(user?.name ?? "");
  const [color, setColor] = useState(user?.color ?? "#5bc8ff");
  const colors = PERSON_COLORS.includes(color) ? PERSON_COLORS : [...PERSON_COLORS, color];
  const others = usePeople().filter(({ id }) => id !== user?.id);
  const holderOf = (candidate: string) =>
    candidate === user?.color ? undefined : colorHolder(candidate, others);
  const holder = holderOf(color);
  return (
    <FormDialog
      title="You"
      text="How your edits are signed and shown to others."
      action="Save"
      canSubmit={name.trim() !== "" && !holder}
      onClose={closeDialog}
      onSubmit={() => setPerson(name.trim(), color)}
    >
      <FormField label="Name" value={name} autoFocus onChange={setName} />
      {/* No fieldset: WebKit counts the height of its legend twice in a column of a dialog. */}
      <div role="group" aria-labelledby="person-color" className="swatches">
        <div id="person-color" className="ui-field-label">
          Colour
        </div>
        {colors.map((candidate) => (
          <label key={candidate} className="swatch">
            <input
              type="radio"
              name="color"
              aria-label={swatchLabel(candidate, holderOf(candidate))}
              checked={candidate === color}
              onChange={() => setColor(candidate)}
            />
            <span style={{ background: candidate }} />
          </label>
        ))}
        <ColorButton label="Another colour" value={color} onCommit={setColor} />
        {holder && (
          <p role="alert" className="ui-field-note" data-error="">
            {nameOf(holder)} has this colour. Choose another, so that you are told apart.
          </p>
        )}
      </div>
    </FormDialog>
  );
}
