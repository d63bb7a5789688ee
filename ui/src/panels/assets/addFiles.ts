/** Puts files into the project and says so. */
import { toast } from "sonner";

import { showFailure, showNotice, showUndoable } from "../../workspace/notify";
import type { Added } from "../../ipc/types";
import { revealAssets } from "./assetSelection";
import { lastName } from "../../workspace/paths";
import { MANIFEST } from "../../project/session";
import type { DroppedFile } from "./droppedFiles";
import { upload, uploadFromDisk } from "./upload";
import type { UploadOptions } from "./upload";

/** What is there sooner needs no progress. */
const SOON = 400;

/** Files on their way in. */
interface Coming {
  /** What one handed over: `fur.png`, `3 items`. */
  what: string;
  /** What so many files of it are called: `fur.png`, `12 files`. */
  named: (count: number) => string;
  /** Sends them; answers those that are in the project then. */
  send: (options: UploadOptions) => Promise<Added>;
}

/** Adds files that the page was handed to a folder below `assets/`. */
export async function addFiles(dropped: Promise<readonly DroppedFile[]>, into: string): Promise<void> {
  try {
    const files = await dropped;
    const [only] = files.length === 1 ? files : [];
    await add(into, {
      what: only?.file.name ?? inWords(files.length, "file"),
      named: (count) => only?.file.name ?? inWords(count, "file"),
      send: (options) => upload(files, options),
    });
  } catch (thrown) {
    showFailure(thrown);
  }
}

/** The same for files and folders whose places on this disk are known. */
export async function addPaths(paths: readonly string[], into: string): Promise<void> {
  const [first] = paths;
  if (first === undefined) return;
  const only = paths.length === 1 ? lastName(first) : undefined;
  await add(into, {
    // A folder may hold many files.
    what: only ?? inWords(paths.length, "item"),
    named: (count) => only ?? inWords(count, "file"),
    send: (options) => uploadFromDisk(paths, options),
  });
}

async function add(into: string, { what, named, send }: Coming): Promise<void> {
  const cancel = new AbortController();
  const where = into === "" ? "the project’s assets" : into;
  let progress: ReturnType<typeof showProgress> | undefined;
  let share = 0;
  const showing = setTimeout(() => {
    progress = showProgress(`Adding ${what} to ${where}…`, cancel);
    progress.show(share);
  }, SOON);
  try {
    const { assets, event } = await send({
      into,
      onProgress: (next) => {
        share = next;
        // A toast that was closed would come again.
        if (!cancel.signal.aborted) progress?.show(share);
      },
      signal: cancel.signal,
    });
    if (assets.length === 0) {
      showNotice(
        "Nothing was added",
        "There are no files in it, or only such as are left out or in the project already.",
      );
      return;
    }
    revealAssets(assets);
    showUndoable(`${named(assets.length)} added to ${where}`, MANIFEST, event ?? undefined);
  } catch (thrown) {
    if (!cancel.signal.aborted) showFailure(thrown);
  } finally {
    clearTimeout(showing);
    progress?.end();
  }
}

/** Shows how far it is, until it ends. */
function showProgress(words: string, cancel: AbortController) {
  const options = {
    duration: Infinity,
    action: { label: "Cancel", onClick: () => cancel.abort() },
  };
  const id = toast.loading(words, options);
  return {
    show: (share: number) => toast.loading(`${words} ${Math.floor(share * 100)} %`, { ...options, id }),
    end: () => toast.dismiss(id),
  };
}

/** `1 file`, `3 files`. */
function inWords(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count.toLocaleString()} ${what}s`;
}
