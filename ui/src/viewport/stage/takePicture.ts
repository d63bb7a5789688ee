/** A picture of a scene without a window's canvas. */
import { PerspectiveCamera, Scene, WebGLRenderer, type Camera } from "three";

import type { SceneContent } from "../content/content";
import { Eye } from "../camera/lens";
import { START, framed } from "../camera/view";
import { applyLooks } from "./looks";
import { castShadows } from "./shadows";
import { studio } from "./studio";

/**
 * A PNG of `width` by `height` pixels of what a camera sees, once everything has come that can; without a camera, of the
 * whole scene from where one looks at first. Its background is transparent. Lights and cameras leave no signs in it.
 */
export async function takePicture(
  content: SceneContent,
  camera: Camera | undefined,
  width: number,
  height: number,
): Promise<Blob> {
  await content.loaded();
  const canvas = document.createElement("canvas");
  const renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true, preserveDrawingBuffer: true });
  const shownIn = content.root.parent;
  const surroundings = studio(renderer);
  try {
    renderer.setPixelRatio(1);
    renderer.setSize(width, height, false);
    renderer.shadowMap.enabled = castShadows(content);
    const scene = new Scene();
    scene.environment = surroundings.texture;
    applyLooks(renderer, scene, content.looks);
    scene.add(content.root);
    renderer.render(scene, camera ?? frameAll(content, width, height));
    return await new Promise<Blob>((resolve, reject) => {
      canvas.toBlob((blob) => {
        if (blob) resolve(blob);
        else
          reject(new Error(`A picture of ${width} × ${height} pixels could not be made; try a smaller one.`));
      });
    });
  } finally {
    content.root.removeFromParent();
    shownIn?.add(content.root);
    surroundings.dispose();
    renderer.dispose();
    renderer.forceContextLoss();
  }
}

function frameAll(content: SceneContent, width: number, height: number): Camera {
  const box = content.bounds();
  if (box.isEmpty()) return new PerspectiveCamera(50, width / height, 0.1, 100);
  const size = { width, height };
  const reach = box.min.distanceTo(box.max);
  return new Eye().look(framed(START, box, size), size, reach);
}
