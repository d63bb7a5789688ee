import { useState } from "react";

import { FormField } from "../../design";
import { renameAsset } from "../../ipc/assets";
import type { AssetInfo } from "../../ipc/types";
import { FormDialog } from "../../workspace/FormDialog";

/** Puts a file into another folder. */
export function MoveAssetDialog({ asset, onClose }: { asset: AssetInfo; onClose: () => void }) {
  const [path, setPath] = useState(asset.path);
  const wanted = path.trim().replace(/^\/+/, "");
  return (
    <FormDialog
      title={`Move ${asset.path}`}
      action="Move"
      canSubmit={wanted !== "" && wanted !== asset.path}
      onClose={onClose}
      onSubmit={() => renameAsset(asset.id, wanted)}
    >
      <FormField
        label="Place in the assets folder"
        value={path}
        mono
        autoFocus
        note="Folders that do not exist yet are made: textures/animals/fur.png"
        onChange={setPath}
      />
    </FormDialog>
  );
}
