/** The kinds of documents people make, and making them. */
import { Film, Spline, Trees } from "lucide-react";

import { beginRename } from "../documents/renaming";
import { reveal } from "../documents/selection";
import * as ipc from "../ipc";
import type { Tool } from "./layout";
import { attempt } from "./notify";
import { showOneOf } from "./tabs";

export const KINDS: Readonly<Record<string, { title: string; icon: typeof Spline; count: string }>> = {
  blueprint: { title: "Blueprint", icon: Spline, count: "nodes" },
  scene: { title: "Scene", icon: Trees, count: "entities" },
};

export function documentKind(kind: string) {
  return KINDS[kind] ?? { title: kind, icon: Film, count: "" };
}

/** Makes a document, shows it, and has its name typed in a list where it stands. */
export async function createDocument(kind: string): Promise<void> {
  const created = await attempt(ipc.createDocument(kind, `New ${documentKind(kind).title.toLowerCase()}`));
  if (!created) return;
  reveal(created.id, []);
  showOneOf(LISTING);
  beginRename(created.id, { isNew: true });
}

/** The panels that list documents. */
const LISTING: readonly Tool[] = ["hierarchy", "assets"];
