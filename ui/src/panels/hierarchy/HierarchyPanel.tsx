import { useHasDocument } from "../../project/session";
import { DeletedDocument } from "../../workspace/DeletedDocument";
import { deactivateDocument, useActiveScene } from "../../project/activeDocument";
import { DocumentList } from "./DocumentList";
import { SceneTree } from "./SceneTree";
import "./hierarchy.css";

/** The scene's entities as a tree, and below it the project's documents. */
export function HierarchyPanel() {
  const scene = useActiveScene();
  return (
    <>
      {scene !== null && <Scene key={scene} scene={scene} />}
      <DocumentList fill={scene === null} />
    </>
  );
}

function Scene({ scene }: { scene: string }) {
  return useHasDocument(scene) === false ? (
    <DeletedDocument document={scene} leave="Do without it" onLeave={() => deactivateDocument(scene)} />
  ) : (
    <SceneTree scene={scene} />
  );
}
