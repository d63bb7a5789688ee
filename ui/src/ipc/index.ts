/** The one door to the shell: commands that throw {@link ApiFailure}, channels as callbacks, native dialogs. */
import { Channel } from "@tauri-apps/api/core";

import { commands } from "./bindings";
import type { ApiError } from "./bindings";
import type * as Wire from "./bindings";
import { ApiFailure } from "./failure";
import { readMessage, readPeer } from "./presence";
import type { Peer, Presence, PresenceMessage } from "./presence";
import type {
  Added,
  AppInfo,
  AssetInfo,
  BusMessage,
  Change,
  ConnectionInfo,
  Deletion,
  Delta,
  DocumentInfo,
  EditResult,
  EventRow,
  ExportFormat,
  FindHit,
  JoinProgress,
  LinkInfo,
  MadeAgain,
  OpenedDocument,
  Operation,
  Person,
  Problem,
  ProjectInfo,
  Reach,
  ServerSettings,
  SessionMessage,
  SessionStatus,
  ShareInfo,
  Touched,
  VerifyReport,
} from "./types";

export * from "./types";
export type * from "./records";
export { LISTS } from "./records";
export { ON_THIS_DISK } from "./connection";
export { MOST_SHOWN, NOTHING_SHOWN } from "./presence";
export type { Ghost, Peer, Place, Presence, PresenceMessage, Seen } from "./presence";
export { ApiFailure } from "./failure";
export { chooseFile, chooseFiles, chooseFolder, chooseSaveFile } from "./dialogs";
export { onFileDrag } from "./fileDrag";
export { onLinkAsked } from "./link";
export { onCloseAsked, setWindowTitle, tellShown } from "./window";

type Answer = { status: "ok"; data: unknown } | { status: "error"; error: ApiError };

async function unwrap<T>(answer: Promise<Answer>): Promise<T> {
  let settled: Answer;
  try {
    settled = await answer;
  } catch (thrown) {
    throw ApiFailure.from(thrown);
  }
  if (settled.status === "error") throw ApiFailure.from(settled.error);
  return settled.data as T;
}

export const appInfo = () => unwrap<AppInfo>(commands.appInfo());
/** Closes the window, whatever is not saved. */
export const quit = () => commands.quit();
export const setPerson = (name: string, color: string) => unwrap<Person>(commands.setPerson(name, color));
export const removeRecent = (path: string) => unwrap<null>(commands.recentRemove(path));

export const newProject = (name: string, folder: string) =>
  unwrap<ProjectInfo>(commands.projectNew(name, folder));
export const openProject = (path: string) => unwrap<ProjectInfo>(commands.projectOpen(path));
export const importProject = (file: string, folder: string) =>
  unwrap<ProjectInfo>(commands.projectImport(file, folder));
export const openSample = () => unwrap<ProjectInfo>(commands.projectSample());
export const closeProject = () => unwrap<null>(commands.projectClose());
export const currentProject = () => unwrap<ProjectInfo | null>(commands.projectCurrent());
/** Moves the open project into another folder, for one whose own is gone, and opens it there. */
export const saveElsewhere = (folder: string) => unwrap<ProjectInfo>(commands.projectSaveElsewhere(folder));
/** Writes the project to a file; the answer is what a person should know about it. */
export const exportProject = (format: ExportFormat, file: string) =>
  unwrap<string[]>(commands.projectExport(format, file));
export const verifyProject = () => unwrap<VerifyReport>(commands.projectVerify());

/** Opens a document; `onDelta` gets every change after the snapshot, in order. */
export function openDocument(document: string, onDelta: (delta: Delta) => void): Promise<OpenedDocument> {
  return unwrap(commands.documentOpen(document, channel(onDelta)));
}
export const closeDocument = (subscription: number) => unwrap<null>(commands.documentClose(subscription));
export const editDocument = (document: string, eventType: string, changes: readonly Change[]) =>
  unwrap<EditResult>(
    commands.documentEdit(
      document,
      eventType,
      changes as unknown as Parameters<typeof commands.documentEdit>[2],
    ),
  );
export const undoDocument = (document: string) => unwrap<EditResult>(commands.documentUndo(document));
/** Takes back the gesture that an event belongs to, whatever came after it. */
export const undoGesture = (document: string, event: string) =>
  unwrap<EditResult>(commands.gestureUndo(document, event));
export const redoDocument = (document: string) => unwrap<EditResult>(commands.documentRedo(document));

export const createDocument = (kind: string, name: string) =>
  unwrap<DocumentInfo>(commands.documentCreate(kind, name));
export const renameDocument = (document: string, name: string) =>
  unwrap<EditResult>(commands.documentRename(document, name));
/** Gives a document another place in lists, counted from 0. */
export const moveDocument = (document: string, to: number) =>
  unwrap<EditResult>(commands.documentMove(document, to));
export const deleteDocument = (document: string) => unwrap<EditResult>(commands.documentDelete(document));
/** What became of a document that is not in the project any more. */
export const deletionOf = (document: string) => unwrap<Deletion | null>(commands.documentDeletion(document));
/** Brings a deleted document back, whoever deleted it. */
export const restoreDocument = (document: string) => unwrap<EditResult>(commands.documentRestore(document));

/** Subscribes to the session; `onMessage` gets every event after the returned status. */
export function subscribeSession(onMessage: (message: SessionMessage) => void): Promise<SessionStatus> {
  return unwrap(commands.sessionSubscribe(channel(onMessage)));
}
/** Events newest first, older than `before`. */
export const sessionEvents = (before: string | null, limit: number, document: string | null) =>
  unwrap<EventRow[]>(commands.sessionEvents(before, limit, document));
/** The event as JSON text. */
/** All records that an event touched; its row names the first of them. */
export const eventTouched = (cid: string) => unwrap<Touched[]>(commands.eventTouched(cid));

export const showEvent = (cid: string) => unwrap<string>(commands.eventShow(cid));

export const operations = () => unwrap<Operation[]>(commands.operations());
export const problems = () => unwrap<Problem[]>(commands.problems());
export const find = (query: string, limit: number) => unwrap<FindHit[]>(commands.find(query, limit));

/** Everything about the server; asks the server, so it takes as long as its answer. */
export const connectionInfo = () => unwrap<ConnectionInfo>(commands.connectionInfo());
export const connect = (server: ServerSettings) => unwrap<null>(commands.connectionConnect(server));
export const disconnect = () => unwrap<null>(commands.connectionDisconnect());
export const startHosting = (reach: Reach) => unwrap<null>(commands.hostingStart(reach));
export const stopHosting = () => unwrap<null>(commands.hostingStop());
export const shareInfo = () => unwrap<ShareInfo>(commands.shareInfo());

export const inspectLink = (link: string) => unwrap<LinkInfo>(commands.linkInspect(link));
/**
 * Fetches the session of a link; `onProgress` tells how far that is. Answers with the project's folder, to be opened
 * then. What is open stays open.
 */
export function fetchProject(
  link: string,
  folder: string,
  onProgress: (progress: JoinProgress) => void,
): Promise<string> {
  return unwrap(commands.projectFetch(link, folder, channel(onProgress)));
}
/** Ends the fetching, which fails as cancelled; nothing of it is left then. */
export const cancelFetch = () => unwrap<null>(commands.projectFetchCancel());

/** Has a session that is on this machine go to the link's server from now on, and opens it. */
export const moveProject = (link: string) => unwrap<ProjectInfo>(commands.projectMove(link));

/** Makes work that was set aside again, as new gestures on what the documents are now. */
export const makeAgain = () => unwrap<MadeAgain>(commands.setAsideMakeAgain());
/** Leaves it. It is not offered again. */
export const leaveAside = () => unwrap<null>(commands.setAsideLeave());

/** Follows live messages whose subject fits the pattern (`slate.asset.>`); the answer ends it. */
export function subscribeMessages(
  pattern: string,
  onMessage: (message: BusMessage) => void,
): Promise<number> {
  return unwrap(commands.busSubscribe(pattern, channel(onMessage)));
}
export const unsubscribeMessages = (subscription: number) =>
  unwrap<null>(commands.busUnsubscribe(subscription));

/** The files of the project, by path. */
export const assets = () => unwrap<AssetInfo[]>(commands.assets());

/** Begins an upload of files into a folder below `assets/`, or into that itself when it is empty. */
export const beginUpload = (into: string) => unwrap<number>(commands.uploadBegin(into));
/** Reads files and folders of this disk into it. */
export const uploadFromDisk = (upload: number, paths: string[], onPercent: (percent: number) => void) =>
  unwrap<null>(commands.uploadFromDisk(upload, paths, channel(onPercent)));
/** Begins the next file, whose bytes the page has and whose place nobody knows; whether it is wanted. */
export const uploadFile = (upload: number, path: string) =>
  unwrap<boolean>(commands.uploadFile(upload, path));
/** The next bytes of that file, in base64. */
export const uploadPiece = (upload: number, bytes: string) =>
  unwrap<null>(commands.uploadPiece(upload, bytes));
/** Adds the files to the project. */
export const finishUpload = (upload: number) => unwrap<Added>(commands.uploadFinish(upload));
export const cancelUpload = (upload: number) => unwrap<null>(commands.uploadCancel(upload));

export const renameAsset = (asset: string, path: string) => unwrap<null>(commands.assetRename(asset, path));
export const deleteAsset = (asset: string) => unwrap<null>(commands.assetDelete(asset));
/** Has a file that is not here fetched before others. */
export const wantAsset = (asset: string) => unwrap<null>(commands.assetWant(asset));
/** A small picture as a data URL. */
export const assetThumbnail = (asset: string) => unwrap<string | null>(commands.assetThumbnail(asset));

/** Subscribes to the people who have the session open; the answer is who is there already, without this window. */
export async function subscribePresence(onMessage: (message: PresenceMessage) => void): Promise<Peer[]> {
  const subscribed = commands.presenceSubscribe(
    channel((message: Wire.PresenceMessage) => onMessage(readMessage(message))),
  );
  return (await unwrap<Wire.Peer[]>(subscribed)).map(readPeer);
}
/** Shows the others what this person is doing. */
export const setPresence = (presence: Presence) =>
  unwrap<null>(commands.presenceSet(presence as Wire.Presence));

// The channel's element type in the generated signature is wider than what the UI reads; see types.ts.
function channel<T>(onMessage: (message: T) => void) {
  const created = new Channel<T>();
  created.onmessage = onMessage;
  return created as Channel<any>; // eslint-disable-line @typescript-eslint/no-explicit-any
}
