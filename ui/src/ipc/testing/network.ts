/** The twin's server: no network, the same answers. */
import { ON_THIS_DISK } from "../network";
import type {
  ConnectionInfo,
  ConnectionState,
  ConnectionStatus,
  HostingInfo,
  Person,
  Reach,
  ServerSettings,
  SessionMessage,
  SetAside,
  ShareInfo,
} from "../types";
import { fail } from "./answers";
import type { Answers } from "./answers";

export class TwinNetwork {
  connection = ON_THIS_DISK;
  url: string | null = null;
  login: ConnectionInfo["login"] = null;
  hosting: HostingInfo | null = null;
  /** What was asked for, for tests. */
  connected: ServerSettings | undefined;

  constructor(
    private readonly people: () => readonly Person[],
    private readonly tell: (message: SessionMessage) => void,
    /** How many live messages came. */
    private readonly received: () => number,
  ) {}

  readonly answers: Answers<
    | "connectionInfo"
    | "connectionConnect"
    | "connectionDisconnect"
    | "hostingStart"
    | "hostingStop"
    | "shareInfo"
  > = {
    connectionInfo: () => this.info(),
    connectionConnect: ({ server }) => this.connect(server as ServerSettings),
    connectionDisconnect: () => this.leave(),
    hostingStart: ({ reach }) => this.host(reach as Reach),
    hostingStop: () => {
      this.hosting = null;
      return this.leave();
    },
    shareInfo: () => this.share(),
  };

  /** Lets the machine turn out to have been set back. */
  setBack(notice: string, setAside: SetAside | null): void {
    this.tell({ type: "setBack", notice, setAside });
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

  private leave(): null {
    this.url = this.login = null;
    this.become(ON_THIS_DISK);
    return null;
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
      messages: { sent: 4210, received: 3987 + this.received(), malformed: 0, dropped: 12 },
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
}
