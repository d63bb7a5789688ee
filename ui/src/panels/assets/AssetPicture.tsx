import { Box, Clapperboard, File, FileText, Image, Music } from "lucide-react";
import { useState } from "react";

import { objectUrl } from "../../ipc/assets";
import type { AssetInfo } from "../../ipc/types";

/** A file's small picture, or a symbol for what it is. */
export function AssetPicture({ asset, size }: { asset: AssetInfo; size: number }) {
  const { thumbnail } = asset;
  const [broken, setBroken] = useState<string>();
  if (thumbnail !== null && thumbnail !== broken) {
    return (
      <img
        className="asset-picture"
        src={objectUrl(thumbnail)}
        width={size}
        height={size}
        alt=""
        draggable={false}
        onError={() => setBroken(thumbnail)}
      />
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
