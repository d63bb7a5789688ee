/** The twin's server, people, live messages and files: no network, the same answers. */
import { emit } from "@tauri-apps/api/event";

import type { ApiError } from "../bindings";
import { ON_THIS_DISK } from "../connection";
import type {
  Added,
  AssetInfo,
  BusMessage,
  ConnectionInfo,
  ConnectionState,
  ConnectionStatus,
  HostingInfo,
  JoinProgress,
  LinkInfo,
  MadeAgain,
  Person,
  Reach,
  ServerSettings,
  SessionMessage,
  SetAside,
  ShareInfo,
} from "../types";
import { sampleAssets, sampleThumbnail } from "./sampleAssets";

interface Channel<T> {
  onmessage: (message: T) => void;
}

type Arguments = Record<string, unknown>;

interface Upload {
  into: string;
  files: { path: string; bytes: string }[];
  /** Ends what is being read from the disk. */
  end: () => void;
}

const JOINING: readonly JoinProgress[] = [
  { step: "Asking the server", done: "0", total: "0" },
  { step: "Fetching what people did", done: "400", total: "1000" },
  { step: "Fetching what people did", done: "1000", total: "1000" },
];

export class TwinNetwork {
  connection = ON_THIS_DISK;
  url: string | null = null;
  login: ConnectionInfo["login"] = null;
  hosting: HostingInfo | null = null;
  assets: AssetInfo[] = sampleAssets();
  /** The link that the process was started with. */
  askedLink: string | null = null;
  /** What was asked for, for tests. */
  connected: ServerSettings | undefined;
  readFromDisk: string[] = [];
  wanted: string[] = [];
  /** What the system's file dialog answers. */
  chosenFiles: string[] | null = null;
  /** Set to make the next joining fail. */
  failJoin: ApiError | undefined;
  /** Files on their way in, by upload. */
  readonly uploads = new Map<number, Upload>();
  /** How long a piece of an upload takes, in milliseconds. */
  pieceTakes = 0;
  /** Set to make fetching come no further than half of it. */
  fetchStops = false;
  private cancelFetch: () => void = () => undefined;
  private readonly followed = new Map<number, { pattern: string; channel: Channel<BusMessage> }>();
  private nextSubscription = 1;
  private sent = 0;

  constructor(
    private readonly people: () => readonly Person[],
    private readonly tell: (message: SessionMessage) => void,
  ) {}

  /** Lets the machine turn out to have been set back. */
  setBack(notice: string, setAside: SetAside | null): void {
    this.tell({ type: "setBack", notice, setAside });
  }

  /** Answers the commands of working together. */
  answer(command: string, args: Arguments): unknown {
    switch (command) {
      case "connection_info":
        return this.info();
      case "connection_connect":
        return this.connect(args.server as ServerSettings);
      case "connection_disconnect":
        this.url = this.login = null;
        this.become(ON_THIS_DISK);
        return null;
      case "hosting_start":
        return this.host(args.reach as Reach);
      case "hosting_stop":
        this.hosting = null;
        this.url = this.login = null;
        this.become(ON_THIS_DISK);
        return null;
      case "share_info":
        return this.share();
      case "link_inspect":
        return inspect(String(args.link));
      case "link_asked": {
        const link = this.askedLink;
        this.askedLink = null;
        return link;
      }
      case "project_fetch":
        return this.fetch(args.channel as Channel<JoinProgress>);
      case "project_fetch_cancel":
        this.cancelFetch();
        return null;
      case "set_aside_make_again":
        return { made: 2, refused: [] } satisfies MadeAgain;
      case "set_aside_leave":
        return null;
      case "bus_subscribe": {
        const subscription = this.nextSubscription++;
        this.followed.set(subscription, {
          pattern: String(args.pattern),
          channel: args.channel as Channel<BusMessage>,
        });
        return subscription;
      }
      case "bus_unsubscribe":
        this.followed.delete(Number(args.subscription));
        return null;
      case "assets":
        return this.assets;
      case "plugin:dialog|open":
        return this.chosenFiles;
      case "upload_begin":
        this.uploads.set(this.nextSubscription, { into: String(args.into), files: [], end: () => undefined });
        return this.nextSubscription++;
      case "upload_from_disk":
        return this.uploadFromDisk(
          Number(args.upload),
          args.paths as string[],
          args.channel as Channel<number>,
        );
      case "upload_file":
        if (String(args.path).includes("..")) fail("invalid", `"${String(args.path)}" is not a path.`);
        this.uploads.get(Number(args.upload))?.files.push({ path: String(args.path), bytes: "" });
        return !String(args.path).includes("/.");
      case "upload_piece":
        return this.takePiece(Number(args.upload), String(args.bytes));
      case "upload_finish":
        return this.finishUpload(Number(args.upload));
      case "upload_cancel":
        this.uploads.get(Number(args.upload))?.end();
        this.uploads.delete(Number(args.upload));
        return null;
      case "asset_rename":
        this.showAssets(
          this.assets.map((asset) =>
            asset.id === args.asset ? { ...asset, path: String(args.path) } : asset,
          ),
        );
        return null;
      case "asset_delete":
        this.showAssets(this.assets.filter((asset) => asset.id !== args.asset));
        return null;
      case "asset_want":
        this.wanted.push(String(args.asset));
        return null;
      case "asset_thumbnail":
        return sampleThumbnail(String(args.asset));
      default:
        return fail("notFound", `There is no command ${command}.`);
    }
  }

  /** The patterns that the window follows, for tests. */
  get patterns(): string[] {
    return [...this.followed.values()].map(({ pattern }) => pattern);
  }

  /** Changes the connection and tells the window. */
  become(changed: Partial<ConnectionStatus>): void {
    this.connection = { ...this.connection, ...changed };
    const { connection } = this;
    setTimeout(() => this.tell({ type: "connection", connection }));
  }

  /** Stands as if connected, or as if not. */
  pretend(state: ConnectionState): void {
    const problems: Partial<Record<ConnectionState, string>> = {
      offline: "studio.example.org cannot be reached. Check that this machine is on the network.",
      refused: "The server refuses the password. Ask whoever runs it, then choose the server again.",
    };
    this.url = state === "local" ? null : "nats://studio.example.org:4222";
    this.login = state === "local" ? null : "token";
    this.become({
      ...ON_THIS_DISK,
      state,
      waiting: state === "offline" ? "12" : state === "syncing" ? "88" : "0",
      done: state === "syncing" ? "312" : "0",
      total: state === "syncing" ? "400" : "0",
      problem: problems[state] ?? null,
    });
  }

  showAssets(assets: AssetInfo[]): void {
    this.assets = assets;
    setTimeout(() => this.tell({ type: "assets", assets }));
  }

  /** A file's content moves on its way, or arrives. */
  travel(object: string, state: AssetInfo["state"], done: number | null): void {
    setTimeout(() => this.tell({ type: "assetTravels", object, state, done }));
  }

  /** The process is asked for a link while it runs. */
  async ask(link: string): Promise<void> {
    await emit("link-asked", link);
  }

  /** Somebody drags files over the window, as a shell tells whose web view hides them. */
  async drag(type: "enter" | "leave" | "drop", paths: readonly string[] = []): Promise<void> {
    await emit(`tauri://drag-${type}`, { paths, position: { x: 1, y: 1 } });
  }

  /** Sends a live message, as somebody else would. */
  message(resource: string, action: string, payload: BusMessage["payload"]): void {
    this.sent += 1;
    const subject = `slate.${resource}.${action}.01SESSION`;
    const user = this.people().at(-1)?.id ?? "";
    const message: BusMessage = { subject, resource, action, user, time: Date.now(), payload };
    for (const { pattern, channel } of this.followed.values()) {
      if (fits(pattern, subject)) channel.onmessage(message);
    }
  }

  private takePiece(upload: number, bytes: string): unknown {
    const file = this.uploads.get(upload)?.files.at(-1);
    if (!file) return fail("notFound", "There is no such upload.");
    file.bytes += atob(bytes);
    return new Promise((resolve) => setTimeout(() => resolve(null), this.pieceTakes));
  }

  /** Reads ten pieces of each path, as if that was a file. */
  private async uploadFromDisk(upload: number, paths: string[], channel: Channel<number>): Promise<null> {
    this.readFromDisk.push(...paths);
    const coming = this.uploads.get(upload);
    const ended = new Promise<never>((_, reject) => {
      // Commands reject with plain data, as the shell's do.
      if (coming) coming.end = () => reject({ code: "cancelled", message: "Cancelled.", detail: "" });
    });
    ended.catch(() => undefined);
    for (let percent = 10; percent <= 100; percent += 10) {
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, this.pieceTakes))]);
      channel.onmessage(percent);
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
      thumbnail: false,
    }));
    this.showAssets([...this.assets, ...added]);
    return { assets: added.map(({ id }) => id), event: `added${upload}` };
  }

  private connect(server: ServerSettings): null {
    if (server.url.includes("nowhere")) {
      fail("unreachable", `${server.url} does not answer. Check the address and that the server runs.`);
    }
    this.connected = server;
    this.url = server.url;
    this.login = server.login.type;
    this.become({ ...ON_THIS_DISK, state: "connecting" });
    setTimeout(() => this.become({ state: "online" }));
    return null;
  }

  private host(reach: Reach): null {
    const address = reach === "machine" ? "127.0.0.1" : "0.0.0.0";
    this.url = `${reach === "machine" ? "nats" : "tls"}://127.0.0.1:4222`;
    this.login = "token";
    this.hosting = {
      url: this.url,
      reach,
      running: true,
      log: [
        "[INF] Starting nats-server",
        "[INF]   Version:  2.14.0",
        "[INF] Starting JetStream",
        `[INF] Listening for client connections on ${address}:4222`,
        "[INF] Server is ready",
      ],
    };
    this.become({ ...ON_THIS_DISK, state: "online", hosting: true });
    return null;
  }

  private info(): ConnectionInfo {
    const answers = ["online", "syncing"].includes(this.connection.state);
    return {
      status: this.connection,
      url: this.url,
      login: this.login,
      server: answers
        ? {
            name: this.hosting ? "wissil-host" : "studio-1",
            version: "2.14.0",
            cluster: this.hosting ? null : "studio",
            latency: 1.8,
            streams: [
              { name: "WISSIL_IGNIS", messages: "18204", bytes: "9120044" },
              { name: "WISSIL_SPARK", messages: "1311", bytes: "702100" },
              { name: "WISSIL_UNITY", messages: "7702", bytes: "4410980" },
            ],
          }
        : null,
      hosting: this.hosting,
      messages: { sent: 4210, received: 3987 + this.sent, malformed: 0, dropped: 12 },
    };
  }

  private share(): ShareInfo {
    const [you, ...others] = this.people();
    const joined = Date.UTC(2026, 10, 2);
    return {
      link: this.url && `wissil://session/01SESSION?name=Whack-a-Mole&server=${this.url}&token=k3yk3yk3y`,
      reach:
        this.url === null
          ? "Choose a server first."
          : this.hosting?.reach === "machine"
            ? "Programs on this machine can use it while this project is open."
            : "Everybody on your network can use it while this project is open.",
      members: [
        ...(you ? [{ person: you, devices: 2, online: true, you: true, joined }] : []),
        ...others.map((person, at) => ({ person, devices: 1, online: at === 0, you: false, joined })),
      ],
    };
  }

  private async fetch(channel: Channel<JoinProgress>): Promise<string> {
    const cancelled = new Promise<never>((_, reject) => {
      this.cancelFetch = () =>
        // Commands reject with plain data, as the shell's do.
        reject({ code: "cancelled", message: "Joining was cancelled; nothing was left behind.", detail: "" });
    });
    for (const progress of JOINING) {
      channel.onmessage(progress);
      const halfway = progress.done !== "0" && progress.done !== progress.total;
      const forever = new Promise<never>(() => undefined);
      const step = new Promise((resolve) => setTimeout(resolve));
      await Promise.race([cancelled, this.fetchStops && halfway ? forever : step]);
    }
    if (this.failJoin) throw this.failJoin as unknown as Error;
    return "/home/ada/WISSIL/Whack-a-Mole";
  }
}

function inspect(link: string): LinkInfo {
  if (!link.trim().startsWith("wissil://session/")) {
    fail(
      "invalid",
      "This is not a link to a session: it does not begin with wissil://session/. Ask for it again.",
    );
  }
  const query = new URL(link.trim()).searchParams;
  const name = query.get("name") ?? "Shared project";
  return {
    session: "01SESSION",
    name,
    server: query.get("server") ?? "",
    serverKnown: query.has("known"),
    folder: query.has("here") ? "/home/ada/WISSIL/Whack-a-Mole" : null,
    goesTo: query.get("goes"),
    suggestedFolder: `/home/ada/WISSIL/${name}`,
  };
}

/** Whether a subject fits a pattern with `*` for one word and `>` for the rest. */
function fits(pattern: string, subject: string): boolean {
  const words = subject.split(".");
  const wanted = pattern.split(".");
  return (
    wanted.every((word, at) => word === ">" || word === "*" || word === words[at]) &&
    (wanted.at(-1) === ">" || wanted.length === words.length)
  );
}

export function fail(code: ApiError["code"], message: string): never {
  // Commands reject with plain data, as the shell's do.
  throw { code, message, detail: "" } as unknown as Error;
}
