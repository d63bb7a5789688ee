/** Taking a picture for a program that has no window. */
import { invoke } from "@tauri-apps/api/core";

import { commands } from "./bindings";
import { answered } from "./call";
import { ApiFailure } from "./failure";

/** What is to be drawn. */
export const pictureAsked = () => answered(commands.pictureAsked());
/** Tells whoever asked how far it is, or what the picture will lack. */
export const pictureSays = (words: string) => answered(commands.pictureSays(words));
/** There will be none, for a reason that whoever asked can do something about. */
export const pictureRefused = (why: string) => answered(commands.pictureRefused(why));
/** There will be none, because this machine cannot draw it. */
export const pictureFailed = (why: string) => answered(commands.pictureFailed(why));
/** Here it is, as a PNG. The program ends then. */
export async function pictureTaken(png: ArrayBuffer): Promise<void> {
  try {
    await invoke("picture_taken", png);
  } catch (thrown) {
    throw ApiFailure.from(thrown);
  }
}
