/** The objects that scenes are made of: bytes as they are, and pictures. */
import { objectUrl } from "../../ipc/assets";
import { decodePicture, type Picture } from "./picture";
import { NotHere, Shared } from "./shared";

export class ObjectBytes {
  readonly bytes: Shared<ArrayBuffer>;
  readonly pictures: Shared<Picture>;

  /** `read` answers an object's bytes, or throws {@link NotHere}. */
  constructor(
    read: (cid: string) => Promise<ArrayBuffer> = fetchObject,
    decode: (bytes: ArrayBuffer) => Promise<Picture> = decodePicture,
  ) {
    this.bytes = new Shared(read);
    this.pictures = new Shared(
      async (cid) => decode(await read(cid)),
      (picture) => picture.close(),
    );
  }

  /** Objects came to the project: what was missing is asked for again. */
  retry(): void {
    this.bytes.retry();
    this.pictures.retry();
  }
}

async function fetchObject(cid: string): Promise<ArrayBuffer> {
  const response = await fetch(objectUrl(cid)).catch(() => {
    // What the web view says of it tells nobody anything.
    throw new Error("its bytes could not be read");
  });
  if (response.status === 404) throw new NotHere();
  if (!response.ok) throw new Error(await response.text());
  return response.arrayBuffer();
}

/** Those of this window. */
export const objectBytes = new ObjectBytes();
