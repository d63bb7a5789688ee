/** Typed values of Blueprints: what a signature holds and how it is edited. */
import type { FieldValue, Literal } from "../../../ipc/types";

export const SIGNATURES = [
  "bool",
  "int",
  "float",
  "float2",
  "float3",
  "float4",
  "float2x2",
  "float3x3",
  "float4x4",
  "ref",
] as const;

export interface SignatureForm {
  kind: "bool" | "number" | "reference" | "custom";
  components: number;
  integer?: boolean;
  /** For matrices: how many stand in one line. */
  columns?: number;
}

export function signatureForm(signature: string): SignatureForm {
  switch (signature) {
    case "bool":
      return { kind: "bool", components: 1 };
    case "int":
      return { kind: "number", components: 1, integer: true };
    case "float":
      return { kind: "number", components: 1 };
    case "float2":
    case "float3":
    case "float4":
      return { kind: "number", components: Number(signature.slice(5)) };
    case "float2x2":
    case "float3x3":
    case "float4x4": {
      const columns = Number(signature.slice(-1));
      return { kind: "number", components: columns * columns, columns };
    }
    case "ref":
      return { kind: "reference", components: 0 };
    default:
      return { kind: "custom", components: 0 };
  }
}

/** A field's value as a literal, if it is one. */
export function asLiteral(value: FieldValue | undefined): Literal | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return typeof value.type === "string" ? (value as unknown as Literal) : undefined;
}

/** The components as numbers; absent ones are undefined, and what JSON lacks is read from its text. */
export function componentsOf(literal: Literal | undefined, count: number): (number | undefined)[] {
  return Array.from({ length: count }, (_, at) => {
    const part = literal?.value?.[at];
    return typeof part === "number" ? part : typeof part === "string" ? Number(part) : undefined;
  });
}

/** The literal with one component changed. One that had none becomes whole: the others are 0. */
export function withComponent(
  signature: string,
  literal: Literal | undefined,
  at: number,
  value: FieldValue,
): Literal {
  const { components } = signatureForm(signature);
  const parts: FieldValue[] = Array.from({ length: components }, (_, index) => literal?.value?.[index] ?? 0);
  parts[at] = value;
  return { type: signature, value: parts };
}
