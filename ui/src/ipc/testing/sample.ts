/** A small project: a scene and two Blueprints. */
import type { Collections, RecordData, Records } from "../types";

export interface TwinDocument {
  id: string;
  kind: string;
  name: string;
  collections: Collections;
}

/** The documents of the sample, with a scene of about so many entities. */
export function sampleDocuments(entities = 68): TwinDocument[] {
  return [
    { id: "scene", kind: "scene", name: "Board", collections: scene(entities) },
    { id: "loop", kind: "blueprint", name: "Game loop", collections: gameLoop() },
    {
      id: "score",
      kind: "blueprint",
      name: "Score",
      collections: { nodes: {}, wires: {}, variables: {}, events: {}, comments: {} },
    },
  ];
}

function scene(count: number): Collections {
  const entities: Record<string, RecordData> = {
    board: { name: "Board", order: 0 },
    sun: { name: "Sun", order: 90, light: "sunlight", rotation: [-0.38268343, 0, 0, 0.92387953] },
    camera: { name: "Camera", order: 91, camera: "main", translation: [0, 2.4, 6] },
    hammer: { name: "Hammer", order: 80, mesh: "head", visible: false },
  };
  const moles = Math.max(1, Math.floor((count - 4) / 4));
  for (let at = 1; at <= moles; at += 1) {
    entities[`mole${at}`] = { name: `Mole ${at}`, parent: "board", order: at };
    entities[`head${at}`] = {
      name: "Head",
      parent: `mole${at}`,
      order: 0,
      mesh: "head",
      translation: [0, 0.42, 0],
    };
    entities[`body${at}`] = { name: "Body", parent: `mole${at}`, order: 1, mesh: "head", locked: at === 2 };
    entities[`bone${at}`] = { name: "Spine", parent: `body${at}`, order: 0 };
  }
  return {
    entities,
    meshes: { head: { name: "Head", primitives: [{ attributes: {}, material: "fur" }] } },
    materials: { fur: { name: "Fur", base_color: [0.35, 0.14, 0.05, 1], metallic: 0, roughness: 0.8 } },
    cameras: { main: { name: "Main camera", projection: "perspective", yfov: 0.8, znear: 0.1 } },
    lights: { sunlight: { name: "Sunlight", kind: "directional", intensity: 3 } },
    skins: { skin: { name: "Skin", joints: Array.from({ length: moles }, (_, at) => `bone${at + 1}`) } },
  };
}

function gameLoop(): Collections {
  const at = (x: number, y: number) => ({ position: { x, y } });
  const nodes: Records = {
    start: { op: "event/onSelect", ...at(40, 80) },
    branch: { op: "flow/branch", ...at(330, 80) },
    set: {
      op: "pointer/set",
      ...at(640, 60),
      "configuration.pointer": ["/nodes/hammer/translation"],
      "configuration.type": ["float3"],
    },
    delay: { op: "flow/setDelay", ...at(640, 300) },
    equal: { op: "math/eq", ...at(40, 270), "values.a": { type: "int", value: [3] } },
    random: { op: "math/random", ...at(330, 350) },
    hit: { op: "variable/get", label: "Get hit point", ...at(40, 400), "configuration.variable": ["point"] },
  };
  const wire = (kind: string, from: string, output: string, to: string, input: string) => ({
    kind,
    from,
    output,
    to,
    input,
  });
  return {
    nodes,
    wires: {
      w1: wire("flow", "start", "out", "branch", "in"),
      w2: wire("flow", "branch", "true", "set", "in"),
      w3: wire("flow", "branch", "false", "delay", "in"),
      w4: wire("value", "equal", "value", "branch", "condition"),
      w5: wire("value", "hit", "value", "set", "value"),
      w6: wire("value", "random", "value", "delay", "duration"),
    },
    variables: {
      point: { name: "hit point", initial: { type: "float3", value: [0, 0, 0] }, order: 0 },
      score: { name: "score", initial: { type: "int", value: [0] }, order: 1 },
      playing: { name: "playing", initial: { type: "bool", value: [true] }, order: 2 },
    },
    events: { hit: { name: "mole/hit", "values.points": { type: "int", value: [10] } } },
    comments: {
      hit: {
        text: "Was it a hit?",
        position: { x: 10, y: 225 },
        size: { width: 540, height: 270 },
        color: "#f2c14e",
      },
    },
  };
}
