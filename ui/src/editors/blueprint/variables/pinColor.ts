/** The colour of a type, the same as on its pins. */
export function pinColor(signature: string): string {
  if (signature === "bool" || signature === "int" || signature === "float" || signature === "ref") {
    return `var(--pin-${signature})`;
  }
  if (/^float[234]$/.test(signature)) return "var(--pin-vector)";
  if (/^float[234]x[234]$/.test(signature)) return "var(--pin-matrix)";
  return "var(--pin-custom)";
}
