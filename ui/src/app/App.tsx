import { useEffect, useState } from "react";
import { Toaster } from "sonner";

import { Button, EmptyState, TooltipProvider, startBackTab, startModality, useTheme } from "../design";
import "../design/base.css";
import "../design/controls.css";
import "../design/overlays.css";
import { FileDrop } from "../drop/FileDrop";
import { holdDocument } from "../documents/document";
import { ApiFailure } from "../ipc/failure";
import { onLinkAsked } from "../ipc/links";
import { onCloseAsked } from "../ipc/window";
import { FollowFrame } from "./FollowFrame";
import { startPresence } from "../presence/live";
import { ProjectDialogs } from "../projects/ProjectDialogs";
import { watchProblems } from "../project/problems";
import { followSteps } from "../project/nextSteps";
import { setMayLeave, start, useProject, useReady, whileOpen } from "../project/project";
import { MANIFEST, onProblem, onSetBack } from "../project/session";
import { StartScreen } from "../start/StartScreen";
import { Workspace } from "../workspace/Workspace";
import { appCommands } from "./appCommands";
import { closeWindow } from "./closeWindow";
import { StatusBar } from "./StatusBar";
import { TitleBar } from "./TitleBar";
import "./app.css";
import "../design/forcedColors.css";
import { registerCommands, startShortcuts } from "../workspace/commands";
import { showJoin } from "../workspace/dialogs";
import { DisplacedBanner } from "./DisplacedBanner";
import { forgetUndone, showNotice } from "../workspace/notify";
import "./kinds";
import { keepPlace } from "../workspace/place";
import { mayLeave } from "../workspace/leaving";
import { PANELS } from "./panels";
import { Palette } from "./palette/Palette";
import { showSetAside } from "./setAside";
import { useTellShown } from "./useTellShown";

export function App() {
  const project = useProject();
  const ready = useReady();
  const theme = useTheme();
  const [failure, setFailure] = useState<ApiFailure>();
  const begin = () =>
    void start().then(
      () => setFailure(undefined),
      (thrown: unknown) => setFailure(ApiFailure.from(thrown)),
    );
  // Before anything opens a project.
  useEffect(() => whileOpen(startPresence), []);
  useEffect(() => whileOpen(keepPlace), []);
  useEffect(begin, []);
  useEffect(() => registerCommands(appCommands()), []);
  useEffect(startShortcuts, []);
  useEffect(startBackTab, []);
  useEffect(startModality, []);
  useEffect(() => onLinkAsked(showJoin), []);
  useEffect(() => setMayLeave(mayLeave), []);
  useEffect(() => onCloseAsked(() => void closeWindow()), []);
  useEffect(stopWebViewMenu, []);
  useTellShown(ready || failure !== undefined);
  if (failure) {
    return (
      <EmptyState title="WISSIL cannot start" actions={<Button onClick={begin}>Try again</Button>}>
        {failure.message}
      </EmptyState>
    );
  }
  if (!ready) return null;
  return (
    <TooltipProvider>
      {project ? <MainWindow key={project.session} /> : <StartScreen />}
      <FileDrop />
      <ProjectDialogs />
      <Palette />
      <Toaster
        theme={theme === "light" ? "light" : "dark"}
        position="bottom-right"
        closeButton
        visibleToasts={4}
      />
    </TooltipProvider>
  );
}

function MainWindow() {
  const project = useProject();
  useEffect(watchProblems, []);
  // What undo would take back of the project itself is asked for wherever one works.
  useEffect(() => holdDocument(MANIFEST), []);
  useEffect(followSteps, [project?.session]);
  useEffect(() => {
    project?.notices.forEach((notice) => showNotice(notice));
    showSetAside(project?.setAside ?? null);
    // Notices belong to the opening, not to later changes of the project's data.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [project?.session]);
  useEffect(
    () =>
      onSetBack(({ notice, setAside }) => {
        showNotice(notice);
        showSetAside(setAside);
      }),
    [],
  );
  useEffect(() => onProblem((problem) => showNotice(problem)), []);
  useEffect(forgetUndone, []);
  return (
    <div className="main-window">
      <TitleBar />
      <DisplacedBanner />
      <main className="main-area">
        <Workspace panels={PANELS} />
        <FollowFrame />
      </main>
      <StatusBar />
    </div>
  );
}

/** The web view's own menu (reload, back) means nothing here; texts keep theirs. */
function stopWebViewMenu(): () => void {
  const stop = (event: MouseEvent) => {
    if (event.target instanceof Element && event.target.closest("input,textarea,.ui-selectable")) return;
    event.preventDefault();
  };
  window.addEventListener("contextmenu", stop);
  return () => window.removeEventListener("contextmenu", stop);
}
