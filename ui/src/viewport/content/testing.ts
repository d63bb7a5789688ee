/** A scene of the fewest records, with its objects in memory. Of tests only. */
import { DocumentRecords } from "../../documents/records";
import type { RecordData } from "../../ipc/types";
import { SceneContent } from "./content";
import { ObjectBytes } from "./objectBytes";
import type { Picture } from "./picture";
import { NotHere } from "./shared";

type Collections = Record<string, Record<string, RecordData>>;

/** A triangle in the plane z = 0, and the one accessor that its mesh has. */
export const TRIANGLE: Collections = {
  views: { view: { object: "triangle", length: 36 } },
  accessors: { positions: { view: "view", component_type: 5126, count: 3, element: "VEC3" } },
  meshes: { mesh: { name: "Triangle", primitives: [{ attributes: { POSITION: "positions" } }] } },
};

export class SceneForTests {
  readonly records: DocumentRecords;
  /** Objects by CID; what is missing here has not arrived. */
  readonly objects = new Map<string, ArrayBuffer>([
    ["triangle", new Float32Array([0, 0, 0, 1, 0, 0, 0, 1, 0]).buffer],
  ]);
  readonly bytes: ObjectBytes;
  readonly content: SceneContent;
  /** How often something was to be drawn anew. */
  changes = 0;
  /** Pictures that were let go. */
  closed = 0;

  constructor(collections: Collections, objects: Readonly<Record<string, ArrayBuffer>> = {}) {
    for (const [cid, bytes] of Object.entries(objects)) this.objects.set(cid, bytes);
    this.records = new DocumentRecords({ collections, derived: {} });
    const read = async (cid: string) => {
      const object = this.objects.get(cid);
      if (!object) throw new NotHere();
      return object;
    };
    const picture = { width: 2, height: 2, close: () => (this.closed += 1) } as unknown as Picture;
    this.bytes = new ObjectBytes(read, async () => picture);
    this.content = new SceneContent({ bytes: this.bytes, changed: () => (this.changes += 1) });
    this.content.show(this.records);
  }

  /** Waits until everything that can come has come. */
  async loaded(): Promise<SceneContent> {
    do await new Promise((resolve) => setTimeout(resolve, 0));
    while (this.content.state.loading > 0);
    return this.content;
  }

  put(collection: string, id: string, record: RecordData): void {
    this.records.confirm({ upserted: { [collection]: { [id]: record } }, removed: {}, derived: {} });
    this.content.sync();
  }

  remove(collection: string, id: string): void {
    this.records.confirm({ upserted: {}, removed: { [collection]: [id] }, derived: {} });
    this.content.sync();
  }

  get messages(): string[] {
    return this.content.state.problems.map(({ collection, id, message }) => `${collection}/${id} ${message}`);
  }
}
