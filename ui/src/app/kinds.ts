/** The kinds of documents that this window edits: one line each. */
import { blueprint } from "../editors/blueprint";
import { scene } from "../editors/scene";
import { registerKinds } from "../workspace/kinds";

registerKinds([blueprint, scene]);
