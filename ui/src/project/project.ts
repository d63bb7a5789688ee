/** The open project and what the start screen knows. */
import { toast } from "sonner";
import { createStore, useStore } from "zustand";

import { commitDrafts } from "../design";
import { appInfo, setPerson as tellPerson } from "../ipc/app";
import { closeProject, currentProject, openProject, saveElsewhere as moveElsewhere } from "../ipc/project";
import { setWindowTitle } from "../ipc/window";
import { ApiFailure } from "../ipc/failure";
import type { AppInfo, DocumentInfo, Person, ProjectInfo } from "../ipc/types";
import { openDocuments } from "../documents/openDocuments";
import { allSaved, saving } from "../documents/saving";
import { clearSelection } from "../documents/selection";
import { MANIFEST, forgetSession, sessionStore, subscribe } from "./session";

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
  projects.setState({ app: await appInfo() });
  try {
    const project = await currentProject();
    if (project) await enter(project);
    projects.setState({ refused: null });
  } catch (thrown) {
    projects.setState({ refused: ApiFailure.from(thrown) });
  }
  projects.setState({ ready: true });
}

/** Commits what is being typed and waits until all is written; answers whether it could be. */
export async function finishTyping(): Promise<boolean> {
  const typed = commitDrafts();
  await allSaved();
  return !typed || saving.getState().failure === null;
}

/** Opens a project by whichever command answers with one. The one that is open stays open where that fails. */
export async function openWith(command: () => Promise<ProjectInfo>): Promise<ProjectInfo> {
  checkSaved();
  await askToLeave();
  await finishTyping();
  return enterWith(command);
}

/** Goes on with the open project in another folder. */
export function saveElsewhere(folder: string): Promise<ProjectInfo> {
  return enterWith(() => moveElsewhere(folder));
}

/** Opens the project where its folder was moved to. */
export function openMoved(folder: string): Promise<ProjectInfo> {
  return enterWith(() => openProject(folder));
}

let mayLeave: () => Promise<boolean> = () => Promise.resolve(true);

/** The window's side: whether the open project may be left, which may have to be asked. */
export function setMayLeave(question: () => Promise<boolean>): void {
  mayLeave = question;
}

async function askToLeave(): Promise<void> {
  if (projects.getState().project === null || (await mayLeave())) return;
  throw new ApiFailure({ code: "cancelled", message: "The project stays open.", detail: "" });
}

/** A project whose folder is gone would be lost by leaving it. */
function checkSaved(): void {
  const { displaced } = sessionStore.getState().status;
  if (displaced?.to !== null) return;
  const message = "This project is not saved: its folder is gone. Save it elsewhere before you leave it.";
  throw new ApiFailure({ code: "storage", message, detail: "" });
}

async function enterWith(command: () => Promise<ProjectInfo>): Promise<ProjectInfo> {
  const project = await command();
  await replace(project);
  return project;
}

async function replace(project: ProjectInfo): Promise<void> {
  leave();
  // Views of the same session must begin anew as well.
  if (projects.getState().project?.session === project.session) projects.setState({ project: null });
  await enter(project);
}

/** Closes the project; one that is not saved only when it is to be given up. */
export async function close(giveUp = false): Promise<void> {
  if (!giveUp) checkSaved();
  await askToLeave();
  await finishTyping();
  leave();
  projects.setState({ project: null });
  await closeProject();
  await refreshApp();
}

export async function setPerson(name: string, color: string): Promise<Person> {
  const user = await tellPerson(name, color);
  projects.setState(({ app, project }) => ({
    app: app && { ...app, user },
    project: project && { ...project, user },
  }));
  return user;
}

export async function refreshApp(): Promise<void> {
  projects.setState({ app: await appInfo() });
}

const companions = new Set<(project: ProjectInfo) => () => void>();
/** What ends those that began with the open project. */
let endings: readonly (() => void)[] = [];

/**
 * Has something go on as long as a project is open: it begins with each one that is opened from now on, and what it answers
 * is called when that is left.
 */
export function whileOpen(begin: (project: ProjectInfo) => () => void): () => void {
  companions.add(begin);
  return () => companions.delete(begin);
}

/** The documents people work in: the manifest is the session's own. */
export function workingDocuments(documents: readonly DocumentInfo[]): DocumentInfo[] {
  return documents.filter((document) => document.kind !== MANIFEST);
}

async function enter(project: ProjectInfo): Promise<void> {
  await subscribe();
  projects.setState({ project, refused: null });
  endings = [...companions].map((begin) => begin(project));
  setWindowTitle(`${project.name} · WISSIL`);
}

function leave(): void {
  endings.forEach((end) => end());
  endings = [];
  saving.setState({ failure: null });
  // What they say, and offer to undo, is of the project that is left.
  toast.dismiss();
  openDocuments.clear();
  clearSelection();
  forgetSession();
  setWindowTitle("WISSIL");
}
