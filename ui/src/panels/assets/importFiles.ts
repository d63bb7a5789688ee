import { attempt } from "../../app/notify";
import { chooseFiles, importAssets } from "../../ipc";

/** Asks for files and copies them into the project. */
export async function importFiles(): Promise<void> {
  await attempt(async () => {
    const files = await chooseFiles("Import files");
    if (files.length > 0) await importAssets(files);
  });
}
