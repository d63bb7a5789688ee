/** Small pictures of files, kept by content: a renamed file has the same one. */
import { useEffect, useState } from "react";

import { assetThumbnail } from "../../ipc/assets";
import type { AssetInfo } from "../../ipc/types";

/** The ones used longest ago are asked for again. */
const KEPT = 400;

const pictures = new Map<string, Promise<string | null>>();

/** The picture as a data URL, once it is there; undefined before, and for files without one. */
export function useThumbnail({ id, object, thumbnail }: AssetInfo): string | undefined {
  const [picture, setPicture] = useState<{ object: string; url: string }>();
  useEffect(() => {
    if (!thumbnail) return undefined;
    let stopped = false;
    void pictureOf(id, object).then((url) => {
      if (!stopped && url !== null) setPicture({ object, url });
    });
    return () => {
      stopped = true;
    };
  }, [id, object, thumbnail]);
  return thumbnail && picture?.object === object ? picture.url : undefined;
}

function pictureOf(id: string, object: string): Promise<string | null> {
  const known = pictures.get(object);
  const picture =
    known ??
    assetThumbnail(id).catch(() => {
      // Its symbol stands for it; the next look asks again.
      pictures.delete(object);
      return null;
    });
  pictures.delete(object);
  pictures.set(object, picture);
  const [oldest] = pictures.keys();
  if (pictures.size > KEPT && oldest !== undefined) pictures.delete(oldest);
  return picture;
}
