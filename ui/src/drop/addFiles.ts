/** Puts dropped files into the project and says so. */
import { toast } from "sonner";

import { showFailure, showNotice, showUndoable } from "../app/notify";
import { importAssets } from "../ipc";
import { revealAssets } from "../panels/assets/assetSelection";
import { lastName } from "../projects/paths";
import { showTool } from "../workspace/tabs";
import type { DroppedFile } from "./droppedFiles";
import { upload } from "./upload";

/** What is there sooner needs no progress. */
const SOON = 400;
/** The document that files belong to. */
const MANIFEST = "manifest";

export async function addFiles(dropped: Promise<readonly DroppedFile[]>): Promise<void> {
  const cancel = new AbortController();
  let progress: ReturnType<typeof showProgress> | undefined;
  try {
    const files = await dropped;
    const showing = setTimeout(() => {
      progress = showProgress(files, cancel);
    }, SOON);
    let ids: string[];
    try {
      ids = await upload(files, {
        onProgress: (share) => progress?.(share),
        signal: cancel.signal,
      });
    } finally {
      clearTimeout(showing);
    }
    if (ids.length === 0) {
      showNotice("Nothing was added", "What was dropped holds no files, or only such as are left out.");
      return;
    }
    revealAssets(ids);
    showUndoable(`${named(files, ids.length)} added to the project’s assets`, MANIFEST);
  } catch (thrown) {
    if (!cancel.signal.aborted) showFailure(thrown);
  } finally {
    progress?.(undefined);
  }
}

/** The same for files and folders whose places the shell knows. */
export async function addPaths(paths: readonly string[]): Promise<void> {
  const [only, ...more] = paths;
  if (only === undefined) return;
  const what = more.length === 0 ? lastName(only) : `${paths.length.toLocaleString()} items`;
  let shown: string | number | undefined;
  const showing = setTimeout(() => {
    shown = toast.loading(`Adding ${what}…`, { duration: Infinity });
  }, SOON);
  try {
    await importAssets([...paths]);
    showTool("assets");
    showUndoable(`${what} added to the project’s assets`, MANIFEST);
  } catch (thrown) {
    showFailure(thrown);
  } finally {
    clearTimeout(showing);
    if (shown !== undefined) toast.dismiss(shown);
  }
}

/** Shows how far it is until it is told that there is nothing more to show. */
function showProgress(files: readonly DroppedFile[], cancel: AbortController) {
  const words = `Adding ${named(files, files.length)}`;
  const options = {
    duration: Infinity,
    action: { label: "Cancel", onClick: () => cancel.abort() },
  };
  const id = toast.loading(`${words}…`, options);
  return (share: number | undefined) => {
    if (share === undefined) toast.dismiss(id);
    else toast.loading(`${words}… ${Math.floor(share * 100)} %`, { ...options, id });
  };
}

/** `fur.png`, `3 files`. */
function named([only, ...more]: readonly DroppedFile[], count: number): string {
  if (only && more.length === 0) return only.file.name;
  return count === 1 ? "1 file" : `${count.toLocaleString()} files`;
}
