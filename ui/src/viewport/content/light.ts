/** Lights as three's: KHR_lights_punctual, in the units of that extension, which are three's too. */
import { DirectionalLight, PointLight, SpotLight, Vector3, type Light, type Matrix4 } from "three";

import type { RecordData } from "../../ipc/types";
import type { Rule } from "./derivation";
import { numberOf, numbersOf } from "./values";

export type PunctualLight = DirectionalLight | PointLight | SpotLight;

/** The record of a light, told anew when it changes. Key: the light. */
export const LIGHT: Rule<RecordData | undefined> = {
  name: "light",
  level: 1,
  make(id, read) {
    const record = read.record("lights", id);
    if (!record) read.problem("lights", id, "is not there");
    else if (!kindOf(record)) read.problem("lights", id, "is of no kind that is known, and does not shine");
    return record;
  },
};

type LightKind = "directional" | "point" | "spot";

function kindOf({ kind }: RecordData): LightKind | undefined {
  return kind === "directional" || kind === "point" || kind === "spot" ? kind : undefined;
}

const CLASSES = { directional: DirectionalLight, point: PointLight, spot: SpotLight };

/** Three's light for a record; `before` where that is of the same kind, so that its shadow's picture stays. */
export function lightOf(record: RecordData, before: PunctualLight | undefined): PunctualLight | undefined {
  const kind = kindOf(record);
  if (!kind) return undefined;
  const light = before instanceof CLASSES[kind] ? before : new CLASSES[kind]();
  const [r = 1, g = 1, b = 1] = numbersOf(record.color, 3) ?? [];
  light.color.setRGB(r, g, b);
  light.intensity = numberOf(record.intensity) ?? 1;
  if (!(light instanceof DirectionalLight)) {
    light.distance = numberOf(record.range) ?? 0;
    light.decay = 2;
  }
  if (light instanceof SpotLight) {
    const outer = Math.min(Math.max(numberOf(record.outer_cone_angle) ?? Math.PI / 4, 1e-3), Math.PI / 2);
    const inner = Math.min(Math.max(numberOf(record.inner_cone_angle) ?? 0, 0), outer);
    light.angle = outer;
    light.penumbra = 1 - inner / outer;
  }
  light.matrixAutoUpdate = light.matrixWorldAutoUpdate = false;
  return light;
}

const direction = new Vector3();

/** Lights shine along their own -Z, whatever they are scaled by. Three's look at a target. */
export function placeLight(light: PunctualLight, matrix: Matrix4): void {
  light.matrixWorld.copy(matrix);
  if (light instanceof PointLight) return;
  direction.setFromMatrixColumn(matrix, 2).normalize();
  light.target.matrixWorld.makeTranslation(
    (matrix.elements[12] ?? 0) - direction.x,
    (matrix.elements[13] ?? 0) - direction.y,
    (matrix.elements[14] ?? 0) - direction.z,
  );
}

export function disposeLight(light: Light): void {
  light.removeFromParent();
  light.dispose();
}
