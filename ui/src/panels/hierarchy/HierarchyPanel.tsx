import { useActiveScene } from "../../workspace/activeDocument";
import { DocumentList } from "./DocumentList";
import { SceneTree } from "./SceneTree";
import "./hierarchy.css";

/** The scene's entities as a tree, and below it the project's documents. */
export function HierarchyPanel() {
  const scene = useActiveScene();
  return (
    <>
      {scene !== null && <SceneTree key={scene} scene={scene} />}
      <DocumentList fill={scene === null} />
    </>
  );
}
