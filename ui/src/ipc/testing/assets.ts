/** The twin's files. */
import { emit } from "@tauri-apps/api/event";

import type { Added, AssetInfo, SessionMessage } from "../types";
import type { Latest } from "../bindings";
import { fail } from "./answers";
import type { Answers, Channel } from "./answers";
import { sampleAssets } from "./sampleAssets";

interface Upload {
  into: string;
  files: { path: string; bytes: string }[];
  /** Ends what is being read from the disk. */
  end: () => void;
}

export class TwinAssets {
  list: AssetInfo[] = sampleAssets();
  /** What was asked for, for tests. */
  readFromDisk: string[] = [];
  wanted: string[] = [];
  /** What the system's file dialog answers. */
  chosenFiles: string[] | null = null;
  /** Files on their way in, by upload. */
  readonly uploads = new Map<number, Upload>();
  /** How long a piece of an upload takes, in milliseconds. */
  pieceTakes = 0;
  private nextUpload = 1;

  constructor(private readonly tell: (message: SessionMessage) => void) {}

  readonly answers: Answers<
    | "assets"
    | "uploadBegin"
    | "uploadFromDisk"
    | "uploadFile"
    | "uploadFinish"
    | "uploadCancel"
    | "assetRename"
    | "assetDelete"
    | "assetWant"
  > = {
    assets: () => this.list,
    uploadBegin: ({ into }) => {
      this.uploads.set(this.nextUpload, { into: String(into), files: [], end: () => undefined });
      return this.nextUpload++;
    },
    uploadFromDisk: ({ upload, paths, channel }) =>
      this.uploadFromDisk(Number(upload), paths as string[], channel as Channel<Latest<number>>),
    uploadFile: ({ upload, path }) => {
      const name = String(path);
      if (name.includes("..")) fail("invalid", `"${name}" is not a path.`);
      this.uploads.get(Number(upload))?.files.push({ path: name, bytes: "" });
      return !name.includes("/.");
    },
    uploadFinish: ({ upload }) => this.finishUpload(Number(upload)),
    uploadCancel: ({ upload }) => {
      this.uploads.get(Number(upload))?.end();
      this.uploads.delete(Number(upload));
      return null;
    },
    assetRename: ({ asset, path }) => {
      this.show(this.list.map((file) => (file.id === asset ? { ...file, path: String(path) } : file)));
      return null;
    },
    assetDelete: ({ asset }) => {
      this.show(this.list.filter((file) => file.id !== asset));
      return null;
    },
    assetWant: ({ asset }) => {
      this.wanted.push(String(asset));
      return null;
    },
  };

  /** The project has other files now. */
  show(assets: AssetInfo[]): void {
    this.list = assets;
    setTimeout(() => this.tell({ type: "assets", assets }));
  }

  /** A file's content moves on its way, or arrives. */
  travel(object: string, state: AssetInfo["state"], done: number | null): void {
    setTimeout(() => this.tell({ type: "assetTravels", object, state, done }));
  }

  /** Somebody drags files over the window, as a shell tells whose web view hides them. */
  async drag(type: "enter" | "leave" | "drop", paths: readonly string[] = []): Promise<void> {
    await emit(`tauri://drag-${type}`, { paths, position: { x: 1, y: 1 } });
  }

  /** Bytes come as they are, which no binding describes. */
  takePiece(bytes: ArrayBuffer): Promise<null> {
    const file = [...this.uploads.values()].at(-1)?.files.at(-1);
    if (!file) return fail("notFound", "There is no such upload.");
    file.bytes += String.fromCharCode(...new Uint8Array(bytes).slice(0, 100)).padEnd(bytes.byteLength);
    return new Promise<null>((resolve) => setTimeout(() => resolve(null), this.pieceTakes));
  }

  /** Reads ten pieces of each path, as if that was a file. */
  private async uploadFromDisk(
    upload: number,
    paths: string[],
    channel: Channel<Latest<number>>,
  ): Promise<null> {
    this.readFromDisk.push(...paths);
    const coming = this.uploads.get(upload);
    const ended = new Promise<never>((_, reject) => {
      // Commands reject with plain data, as the shell's do.
      if (coming) coming.end = () => reject({ code: "cancelled", message: "Cancelled.", detail: "" });
    });
    ended.catch(() => undefined);
    for (let percent = 10; percent <= 100; percent += 10) {
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, this.pieceTakes))]);
      channel.onmessage([percent]);
    }
    coming?.files.push(...paths.map((path) => ({ path: path.replace(/.*\//, ""), bytes: "x" })));
    return null;
  }

  private finishUpload(upload: number): Added {
    const { into, files } = this.uploads.get(upload) ?? { into: "", files: [] };
    this.uploads.delete(upload);
    const wanted = files.filter(({ path }) => !path.includes("/."));
    const added = wanted.map(({ path, bytes }, at) => ({
      id: `uploaded${upload}-${at}`,
      path: into === "" ? path : `${into}/${path}`,
      size: bytes.length,
      mediaType: null,
      object: "bafkrei",
      state: "here" as const,
      done: null,
      thumbnail: null,
    }));
    this.show([...this.list, ...added]);
    return { assets: added.map(({ id }) => id), event: `added${upload}` };
  }
}
