import { Bone, Box, Camera, Circle, Lightbulb, Layers } from "lucide-react";

import type { RecordData } from "../../ipc/types";

interface EntityIconProps {
  entity: RecordData;
  isJoint: boolean;
  hasChildren: boolean;
}

/** What an entity is, at a glance. */
export function EntityIcon({ entity, isJoint, hasChildren }: EntityIconProps) {
  if (entity.camera !== undefined) return <Camera size={14} aria-label="Camera" />;
  if (entity.light !== undefined) return <Lightbulb size={14} aria-label="Light" />;
  if (entity.mesh !== undefined) return <Box size={14} aria-label="Mesh" />;
  if (isJoint) return <Bone size={14} aria-label="Bone" />;
  if (hasChildren) return <Layers size={14} aria-label="Group" />;
  return <Circle size={8} aria-label="Empty" />;
}
