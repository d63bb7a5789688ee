/** How a scene asks to be shown. */
import type { RecordData } from "../../ipc/types";

/** How light becomes colours of a screen. */
export type ToneMappingName = "neutral" | "agx" | "aces" | "linear";

export interface SceneLooks {
  /** In stops. */
  readonly exposure: number;
  readonly toneMapping: ToneMappingName;
  /** How brightly the studio shines; 0 where there is none. */
  readonly environment: number;
  /** How far it is turned about +Y, in radians. */
  readonly rotation: number;
}

const TONE_MAPPINGS: readonly ToneMappingName[] = ["neutral", "agx", "aces", "linear"];
/** Beyond it everything is black or white, and arithmetic ends. */
const MOST_STOPS = 20;
const MOST_LIGHT = 1000;

/** What the scene's properties say; what they lack or spoil reads as a default. */
export function looksOf(properties: RecordData | undefined): SceneLooks {
  const number = (field: string, fallback: number) => {
    const value = properties?.[field];
    return typeof value === "number" && isFinite(value) ? value : fallback;
  };
  const light = Math.min(Math.max(number("environment_intensity", 1), 0), MOST_LIGHT);
  return {
    exposure: Math.min(Math.max(number("exposure", 0), -MOST_STOPS), MOST_STOPS),
    toneMapping: TONE_MAPPINGS.find((name) => name === properties?.tone_mapping) ?? "neutral",
    environment: properties?.environment === "none" ? 0 : light,
    rotation: number("environment_rotation", 0),
  };
}
