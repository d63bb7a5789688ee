/** The fields of a scene's records, as the Inspector edits them. */
import { isLocked } from "./locked";
import type { RecordData } from "../../ipc/types";
import type { FieldDescription, Section } from "../../workspace/fields";
import { transformPart, transformSet } from "./matrix";

const NAME: FieldDescription = { field: "name", label: "Name", type: { kind: "text" }, fallback: "" };

const isPerspective = (record: RecordData) => record.projection !== "orthographic";
const isOrthographic = (record: RecordData) => record.projection === "orthographic";
const hasSurroundings = (record: RecordData) => record.environment !== "none";
const isSpot = (record: RecordData) => record.kind === "spot";

const choices = (...values: string[]) =>
  values.map((value) => ({ value, label: value.charAt(0).toUpperCase() + value.slice(1).toLowerCase() }));

/** A part of the transform, which a matrix may stand instead of. */
function transform(
  field: "translation" | "rotation" | "scale",
  description: Pick<FieldDescription, "label" | "type" | "fallback">,
): FieldDescription {
  return {
    ...description,
    field,
    event: "entity.transform",
    locked: isLocked,
    read: (record) => transformPart(record, field),
    write: (record, value) => transformSet(record, field, Array.isArray(value) ? value.map(Number) : []),
  };
}

export const ENTITY: readonly Section[] = [
  {
    title: "Entity",
    fields: [
      { ...NAME, event: "entity.rename", locked: isLocked },
      { field: "visible", label: "Visible", type: { kind: "toggle" }, fallback: true },
      { field: "locked", label: "Locked", type: { kind: "toggle" }, fallback: false },
    ],
  },
  {
    title: "Transform",
    fields: [
      transform("translation", { label: "Position", type: { kind: "vector" }, fallback: [0, 0, 0] }),
      transform("rotation", { label: "Rotation °", type: { kind: "rotation" }, fallback: [0, 0, 0, 1] }),
      transform("scale", { label: "Scale", type: { kind: "vector" }, fallback: [1, 1, 1] }),
    ],
  },
];

export const MATERIAL: readonly Section[] = [
  {
    title: "Material",
    fields: [
      NAME,
      {
        field: "base_color",
        label: "Base colour",
        type: { kind: "linearColor" },
        fallback: [1, 1, 1, 1],
      },
      { field: "base_color", label: "Opacity", type: { kind: "alpha" }, fallback: [1, 1, 1, 1] },
      {
        field: "metallic",
        label: "Metallic",
        type: { kind: "number", min: 0, max: 1, step: 0.01 },
        fallback: 1,
      },
      {
        field: "roughness",
        label: "Roughness",
        type: { kind: "number", min: 0, max: 1, step: 0.01 },
        fallback: 1,
      },
      { field: "emissive", label: "Emissive", type: { kind: "linearColor" }, fallback: [0, 0, 0] },
      {
        field: "alpha_mode",
        label: "Blending",
        type: { kind: "choice", choices: choices("OPAQUE", "MASK", "BLEND") },
        fallback: "OPAQUE",
      },
      {
        field: "alpha_cutoff",
        label: "Cut-off",
        type: { kind: "number", min: 0, max: 1, step: 0.01 },
        fallback: 0.5,
        when: (record) => record.alpha_mode === "MASK",
      },
      { field: "double_sided", label: "Double-sided", type: { kind: "toggle" }, fallback: false },
    ],
  },
];

export const CAMERA: readonly Section[] = [
  {
    title: "Camera",
    fields: [
      NAME,
      {
        field: "yfov",
        label: "Field of view\u00a0°",
        type: { kind: "angle", min: 1, max: 179 },
        when: isPerspective,
      },
      {
        field: "aspect_ratio",
        label: "Aspect ratio",
        type: { kind: "number", min: 0.01, optional: "window" },
        when: isPerspective,
      },
      { field: "xmag", label: "Half width", type: { kind: "number", min: 0.001 }, when: isOrthographic },
      { field: "ymag", label: "Half height", type: { kind: "number", min: 0.001 }, when: isOrthographic },
      { field: "znear", label: "Near", type: { kind: "number", min: 0 } },
      { field: "zfar", label: "Far", type: { kind: "number", min: 0, optional: "infinite" } },
    ],
  },
];

export const LIGHT: readonly Section[] = [
  {
    title: "Light",
    fields: [
      NAME,
      {
        field: "kind",
        label: "Kind",
        type: { kind: "choice", choices: choices("directional", "point", "spot") },
      },
      { field: "color", label: "Colour", type: { kind: "linearColor" }, fallback: [1, 1, 1] },
      { field: "intensity", label: "Intensity", type: { kind: "number", min: 0 }, fallback: 1 },
      {
        field: "range",
        label: "Range",
        type: { kind: "number", min: 0, optional: "no limit" },
        when: (record) => record.kind !== "directional",
      },
      {
        field: "inner_cone_angle",
        label: "Inner angle °",
        type: { kind: "angle", min: 0, max: 90 },
        fallback: 0,
        when: isSpot,
      },
      {
        field: "outer_cone_angle",
        label: "Outer angle °",
        type: { kind: "angle", min: 0, max: 90 },
        fallback: Math.PI / 4,
        when: isSpot,
      },
    ],
  },
];

/** How a scene asks to be shown (`viewport/content/looks.ts`). */
export const LOOKS: readonly Section[] = [
  {
    title: "Picture",
    fields: [
      {
        field: "exposure",
        label: "Exposure (stops)",
        type: { kind: "number", min: -20, max: 20, step: 0.1 },
        fallback: 0,
      },
      {
        field: "tone_mapping",
        label: "Tone mapping",
        type: {
          kind: "choice",
          choices: [
            { value: "neutral", label: "Neutral (keeps base colours)" },
            { value: "agx", label: "AgX" },
            { value: "aces", label: "ACES" },
            { value: "linear", label: "None (linear)" },
          ],
        },
        fallback: "neutral",
      },
    ],
  },
  {
    title: "Light from all around",
    fields: [
      {
        field: "environment",
        label: "Surroundings",
        type: {
          kind: "choice",
          choices: [
            { value: "studio", label: "Studio" },
            { value: "none", label: "None: only the scene’s lights" },
          ],
        },
        fallback: "studio",
      },
      {
        field: "environment_intensity",
        label: "Brightness",
        type: { kind: "number", min: 0, max: 1000, step: 0.05 },
        fallback: 1,
        when: hasSurroundings,
      },
      {
        field: "environment_rotation",
        label: "Turned by °",
        type: { kind: "angle" },
        fallback: 0,
        when: hasSurroundings,
      },
    ],
  },
];

export const MESH: readonly Section[] = [{ title: "Mesh", fields: [NAME] }];
