/** Which fields of a record the Inspector edits, and as what. */
import type { RecordData } from "../../ipc";

export type FieldKind =
  | { kind: "text"; multiline?: boolean }
  | { kind: "number"; min?: number; max?: number; step?: number; optional?: string }
  | { kind: "angle"; min?: number; max?: number; optional?: string }
  | { kind: "toggle" }
  | { kind: "choice"; choices: readonly { value: string; label: string }[] }
  | { kind: "hexColor" }
  | { kind: "linearColor" }
  /** The fourth component of a linear colour. */
  | { kind: "alpha" }
  | { kind: "vector"; step?: number }
  | { kind: "rotation" };

export interface FieldDescription {
  field: string;
  label: string;
  type: FieldKind;
  /** What an absent field reads as. */
  fallback?: RecordData[string];
  /** Whether it means something for this record. */
  when?: (record: RecordData) => boolean;
}

export interface Section {
  title: string;
  fields: readonly FieldDescription[];
}

const NAME: FieldDescription = { field: "name", label: "Name", type: { kind: "text" }, fallback: "" };

const isPerspective = (record: RecordData) => record.projection !== "orthographic";
const isOrthographic = (record: RecordData) => record.projection === "orthographic";
const isSpot = (record: RecordData) => record.kind === "spot";

const choices = (...values: string[]) =>
  values.map((value) => ({ value, label: value.charAt(0).toUpperCase() + value.slice(1).toLowerCase() }));

export const SECTIONS: Readonly<Record<string, readonly Section[]>> = {
  entities: [
    {
      title: "Entity",
      fields: [
        NAME,
        { field: "visible", label: "Visible", type: { kind: "toggle" }, fallback: true },
        { field: "locked", label: "Locked", type: { kind: "toggle" }, fallback: false },
      ],
    },
    {
      title: "Transform",
      fields: [
        { field: "translation", label: "Position", type: { kind: "vector" }, fallback: [0, 0, 0] },
        { field: "rotation", label: "Rotation °", type: { kind: "rotation" }, fallback: [0, 0, 0, 1] },
        { field: "scale", label: "Scale", type: { kind: "vector" }, fallback: [1, 1, 1] },
      ],
    },
  ],
  materials: [
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
  ],
  cameras: [
    {
      title: "Camera",
      fields: [
        NAME,
        {
          field: "yfov",
          label: "Field of view °",
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
  ],
  lights: [
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
  ],
  meshes: [{ title: "Mesh", fields: [NAME] }],
  comments: [
    {
      title: "Comment",
      fields: [
        { field: "text", label: "Text", type: { kind: "text", multiline: true }, fallback: "" },
        { field: "color", label: "Colour", type: { kind: "hexColor" } },
      ],
    },
  ],
  functions: [{ title: "Function", fields: [NAME] }],
};

const THING: Readonly<Record<string, string>> = {
  entities: "entity",
  materials: "material",
  cameras: "camera",
  lights: "light",
  meshes: "mesh",
  nodes: "node",
  wires: "wire",
  comments: "comment",
  variables: "variable",
  events: "event",
  functions: "function",
};

/** What one does when one sets a field: `entity.transform` for a translation. */
export function eventTypeFor(collection: string, field: string): string {
  if (collection === "entities") {
    if (field === "name") return "entity.rename";
    if (["translation", "rotation", "scale", "matrix"].includes(field)) return "entity.transform";
  }
  return `${THING[collection] ?? collection}.set`;
}
