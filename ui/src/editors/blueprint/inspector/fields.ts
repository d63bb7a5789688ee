/** The fields of a Blueprint's records, as the Inspector edits them. */
import type { Section } from "../../../workspace/fields";

export const COMMENT: readonly Section[] = [
  {
    title: "Comment",
    fields: [
      { field: "text", label: "Text", type: { kind: "text", multiline: true }, fallback: "" },
      { field: "color", label: "Colour", type: { kind: "hexColor" } },
    ],
  },
];

export const FUNCTION: readonly Section[] = [
  {
    title: "Function",
    fields: [{ field: "name", label: "Name", type: { kind: "text" }, fallback: "" }],
  },
];
