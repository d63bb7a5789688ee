import { Box, Clapperboard, File, FileText, Image, Music } from "lucide-react";

import type { AssetInfo } from "../../ipc/types";
import { useThumbnail } from "./thumbnails";

/** A file's small picture, or a symbol for what it is. */
export function AssetPicture({ asset, size }: { asset: AssetInfo; size: number }) {
  const picture = useThumbnail(asset);
  if (picture !== undefined) {
    return (
      <img className="asset-picture" src={picture} width={size} height={size} alt="" draggable={false} />
    );
  }
  const Icon = ICONS[familyOf(asset)];
  return <Icon size={Math.min(28, Math.max(14, size / 2))} aria-hidden />;
}

type Family = "image" | "audio" | "video" | "model" | "text" | "other";

const ICONS: Readonly<Record<Family, typeof File>> = {
  image: Image,
  audio: Music,
  video: Clapperboard,
  model: Box,
  text: FileText,
  other: File,
};

function familyOf({ mediaType, path }: AssetInfo): Family {
  if (/\.(glb|gltf|obj|fbx)$/i.test(path)) return "model";
  const [family = ""] = (mediaType ?? "").split("/");
  return family in ICONS ? (family as Family) : "other";
}
