/** Draws one picture of the project's scene, with the viewport that people see, and hands it to the shell. */
import { DocumentRecords } from "../documents/records";
import { openDocument } from "../ipc/documents";
import { ApiFailure } from "../ipc/failure";
import { pictureAsked, pictureFailed, pictureRefused, pictureSays, pictureTaken } from "../ipc/picture";
import { currentProject } from "../ipc/project";
import { Eye, lensOf } from "../viewport/camera/lens";
import { SceneContent } from "../viewport/content/content";
import { objectBytes } from "../viewport/content/objectBytes";
import { takePicture } from "../viewport/stage/takePicture";
import { cameraCalled } from "./camera";

/** How often it is said that there is more to load, in milliseconds. */
const WORD = 5000;
const LOOK = 50;

async function take(): Promise<void> {
  const { camera, width, height } = await pictureAsked();
  const project = await currentProject();
  const scene = project?.documents.find(({ kind }) => kind === "scene");
  if (!scene) {
    await pictureRefused("the project has no scene");
    return;
  }
  const nothing = () => undefined;
  const { snapshot } = await openDocument(scene.id, nothing, nothing);
  const records = new DocumentRecords(snapshot);
  const named = camera === null ? undefined : cameraCalled(records, camera);
  if (named && "why" in named) {
    await pictureRefused(named.why);
    return;
  }
  const content = new SceneContent({ bytes: objectBytes, changed: nothing });
  content.show(records);
  await whenLoaded(content);
  for (const { message } of content.state.problems) await pictureSays(`note: ${message}`);
  const pose = named && content.world.matrix(named.entity);
  const eye = pose && new Eye().lookThrough(pose, lensOf(named.camera), { width, height });
  const picture = await takePicture(content, eye, width, height);
  await pictureTaken(await picture.arrayBuffer());
}

async function whenLoaded(content: SceneContent): Promise<void> {
  let said = performance.now();
  while (content.state.loading > 0) {
    if (performance.now() - said > WORD) {
      said = performance.now();
      await pictureSays(`loading: ${content.state.loading} left`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}

take().catch((thrown: unknown) => pictureFailed(ApiFailure.from(thrown).message));
