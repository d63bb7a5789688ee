/** Shows a scene as it asks to be shown. */
import {
  ACESFilmicToneMapping,
  AgXToneMapping,
  LinearToneMapping,
  NeutralToneMapping,
  type Scene,
  type ToneMapping,
  type WebGLRenderer,
} from "three";

import type { SceneLooks, ToneMappingName } from "../content/looks";
import { STUDIO_LIGHT } from "./studio";

const TONE_MAPPINGS: Readonly<Record<ToneMappingName, ToneMapping>> = {
  neutral: NeutralToneMapping,
  agx: AgXToneMapping,
  aces: ACESFilmicToneMapping,
  linear: LinearToneMapping,
};

/** `stops`: how much brighter somebody looks at it. */
export function applyLooks(
  renderer: Pick<WebGLRenderer, "toneMapping" | "toneMappingExposure">,
  scene: Scene,
  { exposure, toneMapping, environment, rotation }: SceneLooks,
  stops = 0,
): void {
  renderer.toneMapping = TONE_MAPPINGS[toneMapping];
  renderer.toneMappingExposure = 2 ** (exposure + stops);
  scene.environmentIntensity = STUDIO_LIGHT * environment;
  scene.environmentRotation.y = rotation;
}
