/** Scenes: edited in the Hierarchy and the Inspector. */
import { Trees } from "lucide-react";

import type { Kind } from "../../workspace/kinds";
import { CAMERA, ENTITY, LIGHT, MATERIAL, MESH } from "./fields";
import { partsOf } from "./parts";
import { SceneTree } from "./SceneTree";

export const scene: Kind = {
  kind: "scene",
  title: "Scene",
  icon: Trees,
  where: "The scene is edited in the Hierarchy and the Inspector.",
  counted: "entities",
  home: "hierarchy",
  seen: ["entities"],
  panels: { hierarchy: SceneTree },
  inspector: {
    entities: { noun: "Entity", event: "entity.set", sections: ENTITY, along: partsOf },
    materials: { noun: "Material", event: "material.set", sections: MATERIAL },
    cameras: { noun: "Camera", event: "camera.set", sections: CAMERA },
    lights: { noun: "Light", event: "light.set", sections: LIGHT },
    meshes: { noun: "Mesh", event: "mesh.set", sections: MESH },
  },
};
