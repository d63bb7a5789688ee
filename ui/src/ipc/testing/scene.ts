/** What the twin's scenes are given beyond gestures of records. */
import type { RecordData } from "../types";
import type { Answers } from "./answers";
import type { TwinDocuments } from "./documents";

export class TwinScene {
  constructor(private readonly documents: TwinDocuments) {}

  readonly answers: Answers<"shapeAdd" | "fileAdd"> = {
    shapeAdd: ({ document, shape, id, entity }) => {
      const [name, record] = [String(shape), String(id)];
      const title = name.charAt(0).toUpperCase() + name.slice(1);
      return this.documents.edit(String(document), "entity.add", [
        { collection: "meshes", id: record, put: { name: title, primitives: [] } },
        { collection: "entities", id: record, put: { ...(entity as RecordData), mesh: record } },
      ]);
    },
    // A file holds one thing, called as it is.
    fileAdd: ({ document, file, id, entity }) => {
      const [root, content] = [String(id), `${String(id)}-entity_0`];
      const title = String(file).replace(/^.*[\\/]|\.[^.]*$/g, "");
      const added = this.documents.edit(String(document), "scene.add", [
        { collection: "entities", id: root, put: { name: title, ...(entity as RecordData) } },
        { collection: "entities", id: content, put: { name: title, parent: root, order: 0 } },
      ]);
      return { ...added, documents: [], notes: [] };
    },
  };
}
