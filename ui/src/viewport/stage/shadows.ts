/** Shadows of directional and spot lights: of a few lights, over what there is to see. */
import { DirectionalLight, SpotLight, Sphere, Vector3 } from "three";

import type { SceneContent } from "../content/content";

/** Each shadow costs a picture of the whole scene, and a texture. */
const MOST = 4;
/** Pixels a side of a shadow's picture. */
const SIZE = 2048;

const [sphere, along] = [new Sphere(), new Vector3()];

/** Lets the first lights cast shadows; answers whether any does. */
export function castShadows(content: SceneContent): boolean {
  const lights = content.lights().flatMap(({ light }) => {
    const canCast = light instanceof DirectionalLight || light instanceof SpotLight;
    return canCast ? [light] : [];
  });
  if (lights.length === 0) return false;
  content.bounds().getBoundingSphere(sphere);
  lights.forEach((light, at) => {
    light.castShadow = at < MOST && sphere.radius > 0;
    if (!light.castShadow) return;
    light.shadow.mapSize.set(SIZE, SIZE);
    if (light instanceof DirectionalLight) spanScene(light);
    else {
      const far =
        light.distance ||
        along.setFromMatrixPosition(light.matrixWorld).distanceTo(sphere.center) + sphere.radius;
      light.shadow.camera.near = far / 1000;
      light.shadow.camera.far = far;
      light.shadow.bias = -0.0005;
      light.shadow.camera.updateProjectionMatrix();
    }
  });
  return lights.some(({ castShadow }) => castShadow);
}

/** A directional light shines from nowhere: it is set before the scene, so that its shadow's picture holds all of it. */
function spanScene(light: DirectionalLight): void {
  const { radius, center } = sphere;
  along.setFromMatrixColumn(light.matrixWorld, 2).normalize();
  light.target.matrixWorld.makeTranslation(center.x, center.y, center.z);
  light.matrixWorld.setPosition(along.multiplyScalar(radius * 2).add(center));
  const { camera } = light.shadow;
  camera.left = camera.bottom = -radius;
  camera.right = camera.top = radius;
  camera.near = radius * 0.5;
  camera.far = radius * 3.5;
  camera.updateProjectionMatrix();
  light.shadow.bias = -0.0002;
  light.shadow.normalBias = ((2 * radius) / SIZE) * 2;
}
