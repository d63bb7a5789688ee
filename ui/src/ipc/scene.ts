/** Scenes: what is made or brought in for them, beyond gestures of records. */
import { commands } from "./bindings";
import { answered } from "./call";
import type { Entity } from "./records";
import type { Shape } from "./types";

/** Adds an entity that shows a shape; its mesh has the same id. It is saved when this answers. */
export const addShape = ({
  document,
  shape,
  entity: { id, ...fields },
}: {
  document: string;
  shape: Shape;
  entity: { id: string; name: string } & Partial<Entity>;
}) => answered(commands.shapeAdd(document, shape, id, fields));

/**
 * Adds what a `.glb` or `.gltf` of this disk holds to a scene, as one gesture: under a new entity, which is called as the file
 * where it has no name. It is saved when this answers.
 */
export const addFile = ({
  document,
  file,
  entity: { id, ...fields },
}: {
  document: string;
  file: string;
  entity: { id: string } & Partial<Entity>;
}) => answered(commands.fileAdd(document, file, id, fields));
