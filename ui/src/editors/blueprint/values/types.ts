/** What a value type looks like: its class gives the pin's shape, its colour comes from the design tokens. */

import type { PinLook, PinShape } from "../../../graph/language";

export type TypeClass = "bool" | "int" | "float" | "vector" | "matrix" | "ref" | "custom" | "open";

const COMPONENTS: Record<string, number> = {
  bool: 1,
  int: 1,
  float: 1,
  float2: 2,
  float3: 3,
  float4: 4,
  float2x2: 4,
  float3x3: 9,
  float4x4: 16,
  ref: 1,
};

/** The class of a type; `open` while it depends on wires that are not there. */
export function typeClass(signature: string | null | undefined): TypeClass {
  switch (signature) {
    case "bool":
    case "int":
    case "float":
    case "ref":
      return signature;
    case "float2":
    case "float3":
    case "float4":
      return "vector";
    case "float2x2":
    case "float3x3":
    case "float4x4":
      return "matrix";
    case null:
    case undefined:
      return "open";
    default:
      return "custom";
  }
}

function pinShape(type: TypeClass): PinShape {
  switch (type) {
    case "vector":
      return "hexagon";
    case "matrix":
      return "square";
    case "ref":
      return "diamond";
    default:
      return "circle";
  }
}

/** How a type looks on a pin. */
export function lookOf(signature: string | null): PinLook {
  const type = typeClass(signature);
  return { shape: pinShape(type), token: `--pin-${type}` };
}

/** How many components a value of that type has; 0 for a type this version does not know. */
export function componentsOf(signature: string): number {
  return COMPONENTS[signature] ?? 0;
}

/** The type in a person's words. */
export function typeName(signature: string): string {
  switch (signature) {
    case "bool":
      return "true or false";
    case "int":
      return "whole number";
    case "float":
      return "number";
    case "float2":
    case "float3":
    case "float4":
      return `vector of ${signature.slice(5)}`;
    case "float2x2":
    case "float3x3":
    case "float4x4":
      return `matrix ${signature.slice(5).replace("x", " × ")}`;
    case "ref":
      return "reference";
    default:
      return signature;
  }
}
