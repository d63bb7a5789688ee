/** Scenes: edited in a viewport, the Hierarchy and the Inspector. */
import { Trees } from "lucide-react";

import type { Kind } from "../../workspace/kinds";
import { CAMERA, ENTITY, LIGHT, LOOKS, MATERIAL, MESH } from "./fields";
import { partsOf } from "./parts";
import { SceneTree } from "./SceneTree";
import { SceneEditor } from "./view/SceneEditor";

export const scene: Kind = {
  kind: "scene",
  title: "Scene",
  icon: Trees,
  where: "Scenes open here, in three dimensions; the Hierarchy lists what is in them.",
  counted: "entities",
  Editor: SceneEditor,
  home: "hierarchy",
  seen: ["entities"],
  panels: { hierarchy: SceneTree },
  inspector: {
    entities: { noun: "Entity", event: "entity.set", sections: ENTITY, along: partsOf },
    materials: { noun: "Material", event: "material.set", sections: MATERIAL },
    cameras: { noun: "Camera", event: "camera.set", sections: CAMERA },
    lights: { noun: "Light", event: "light.set", sections: LIGHT },
    properties: {
      noun: "Scene",
      event: "scene.set",
      titleOf: () => "How the scene is shown",
      sections: LOOKS,
      // Deleting a thing changes it too.
      isAside: true,
    },
    meshes: { noun: "Mesh", event: "mesh.set", sections: MESH },
  },
};
