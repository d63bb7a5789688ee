/** The open project and what the start screen knows. */
import { createStore, useStore } from "zustand";

import * as ipc from "../ipc";
import { ApiFailure } from "../ipc";
import type { AppInfo, DocumentInfo, Person, ProjectInfo } from "../ipc";
import { openDocuments } from "../documents/openDocuments";
import { clearSelection } from "../documents/selection";
import { startPresence, stopPresence } from "../presence/live";
import { forgetSession, subscribe } from "./session";

interface ProjectState {
  app: AppInfo | null;
  project: ProjectInfo | null;
  /** Until the shell has answered whether a project is open. */
  ready: boolean;
  /** Why the project that this window was started with is not open. */
  refused: ApiFailure | null;
}

export const projects = createStore<ProjectState>(() => ({
  app: null,
  project: null,
  ready: false,
  refused: null,
}));

export const useProject = () => useStore(projects, (state) => state.project);
export const useAppInfo = () => useStore(projects, (state) => state.app);
export const useReady = () => useStore(projects, (state) => state.ready);
export const useRefused = () => useStore(projects, (state) => state.refused);

/**
 * Asks the shell where things stand; after a reload a project may be open already. One that was asked for and does not open
 * is no reason not to start: the start screen says why.
 */
export async function start(): Promise<void> {
  projects.setState({ app: await ipc.appInfo() });
  try {
    const project = await ipc.currentProject();
    if (project) await enter(project);
  } catch (thrown) {
    projects.setState({ refused: ApiFailure.from(thrown) });
  }
  projects.setState({ ready: true });
}

/**
 * Opens a project by whichever command answers with one. An open project is closed before; where that was for nothing,
 * it is opened again.
 */
export async function openWith(command: () => Promise<ProjectInfo>): Promise<ProjectInfo> {
  const before = projects.getState().project;
  try {
    const project = await command();
    await replace(project);
    return project;
  } catch (thrown) {
    if (before) await reopen(before);
    throw thrown;
  }
}

/** What the shell closed is opened again; without it the window would go on showing what is not open. */
async function reopen(before: ProjectInfo): Promise<void> {
  try {
    await replace(await ipc.openProject(before.path));
  } catch {
    leave();
    projects.setState({ project: null });
    await refreshApp();
  }
}

async function replace(project: ProjectInfo): Promise<void> {
  leave();
  // Views of the same session must begin anew as well.
  if (projects.getState().project?.session === project.session) projects.setState({ project: null });
  await enter(project);
}

export async function close(): Promise<void> {
  leave();
  projects.setState({ project: null });
  await ipc.closeProject();
  await refreshApp();
}

export async function setPerson(name: string, color: string): Promise<Person> {
  const user = await ipc.setPerson(name, color);
  projects.setState(({ app, project }) => ({
    app: app && { ...app, user },
    project: project && { ...project, user },
  }));
  return user;
}

export async function refreshApp(): Promise<void> {
  projects.setState({ app: await ipc.appInfo() });
}

/** The document of the project itself: its files, documents and people. */
export const MANIFEST = "manifest";

/** The documents people work in: the manifest is the session's own. */
export function workingDocuments(documents: readonly DocumentInfo[]): DocumentInfo[] {
  return documents.filter((document) => document.kind !== MANIFEST);
}

async function enter(project: ProjectInfo): Promise<void> {
  await subscribe();
  projects.setState({ project, refused: null });
  void startPresence(project);
  ipc.setWindowTitle(`${project.name} · WISSIL`);
}

function leave(): void {
  stopPresence();
  openDocuments.clear();
  clearSelection();
  forgetSession();
  ipc.setWindowTitle("WISSIL");
}
