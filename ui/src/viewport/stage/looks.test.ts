import { ACESFilmicToneMapping, NoToneMapping, Scene } from "three";
import { expect, it } from "vitest";

import { applyLooks } from "./looks";
import { STUDIO_LIGHT } from "./studio";

it("shows a scene as it asks to be shown, as bright as somebody looks at it", () => {
  const renderer = { toneMapping: NoToneMapping, toneMappingExposure: 1 };
  const scene = new Scene();
  applyLooks(renderer, scene, { exposure: 1, toneMapping: "aces", environment: 2, rotation: 0.5 }, 2);
  expect(renderer).toEqual({ toneMapping: ACESFilmicToneMapping, toneMappingExposure: 8 });
  expect(scene.environmentIntensity).toBeCloseTo(2 * STUDIO_LIGHT);
  expect(scene.environmentRotation.y).toBe(0.5);
});
