import { ArrowDown, ArrowUp, Clock } from "lucide-react";

import { fileSize } from "../../design";
import type { AssetInfo } from "../../ipc/types";

/** How big a file is and where it is, in words: `1.2 MB`, `sending 40 %`. */
export function assetDetail({ state, size, done }: AssetInfo): string {
  const share = size > 0 && done !== null ? ` ${Math.min(100, Math.floor((done / size) * 100))} %` : "";
  switch (state) {
    case "here":
      return fileSize(size);
    case "sending":
      return `sending${share}`;
    case "fetching":
      return `fetching${share}`;
    case "awaited":
      return "awaited";
  }
}

const TEXTS: Readonly<Record<AssetInfo["state"], string>> = {
  here: "On this disk.",
  sending: "On this disk, and on its way to the server.",
  fetching: "On its way from the server.",
  awaited: "Not here yet: it comes when somebody who has it is online.",
};

/** Where a file is. */
export function AssetTravel({ asset }: { asset: AssetInfo }) {
  const Icon = { here: undefined, sending: ArrowUp, fetching: ArrowDown, awaited: Clock }[asset.state];
  return (
    <span
      className="asset-travel"
      data-state={asset.state}
      title={`${TEXTS[asset.state]} ${fileSize(asset.size)}`}
    >
      {Icon && <Icon size={12} aria-hidden />}
      {assetDetail(asset)}
    </span>
  );
}
