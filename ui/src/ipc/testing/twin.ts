/** An in-memory twin of the shell, by capability as the shell is: what it answers is held to the bindings. */
import { emit } from "@tauri-apps/api/event";
import { mockConvertFileSrc, mockIPC, mockWindows } from "@tauri-apps/api/mocks";

import type { ApiError } from "../bindings";
import type { ConnectionState, Displaced, Person, ProjectInfo, SessionStatus } from "../types";
import { fail, refuse } from "./answers";
import type { Arguments } from "./answers";
import { TwinApp } from "./app";
import { TwinAssets } from "./assets";
import { TwinDocuments } from "./documents";
import { GUEST, TwinHistory } from "./history";
import { TwinLinks } from "./links";
import { TwinLive } from "./live";
import { TwinNetwork } from "./network";
import { recordPast } from "./past";
import { TwinPresence } from "./presence";
import { TwinProject } from "./project";
import { TwinScene } from "./scene";
import type { TwinDocument } from "./sample";

export interface TwinOptions {
  entities?: number;
  /** Whether a project is open from the start. */
  open?: boolean;
  /** Events of the past, for the Session panel. */
  past?: number;
  /** Where the session stands with a server. */
  connection?: ConnectionState;
}

export class Twin {
  /** Set to make the next edit fail. */
  failNext: ApiError | undefined;
  /** Every command that was called, for tests. */
  calls: string[] = [];
  private readonly people = (): Person[] => [this.app.user, GUEST];
  private readonly failIfAsked = (): void => {
    const error = this.failNext;
    this.failNext = undefined;
    if (error) refuse(error);
  };
  readonly app = new TwinApp();
  readonly history = new TwinHistory(
    () => this.app.user,
    () => this.status(),
  );
  readonly documents: TwinDocuments;
  readonly scene: TwinScene;
  readonly project: TwinProject;
  readonly links = new TwinLinks();
  /** The others who have the session open. */
  readonly presence = new TwinPresence();
  readonly live = new TwinLive(this.people, this.presence);
  readonly assets = new TwinAssets((message) => this.history.tell(message));
  readonly network = new TwinNetwork(
    this.people,
    (message) => this.history.tell(message),
    () => this.live.sent,
  );

  constructor({ entities, open = true, past = 12, connection }: TwinOptions = {}) {
    this.documents = new TwinDocuments(entities, this.history, () => this.app.user, this.failIfAsked);
    this.scene = new TwinScene(this.documents);
    this.project = new TwinProject(open, () => this.info(), this.failIfAsked);
    if (connection) this.network.pretend(connection);
    recordPast(this.history, this.documents, past, this.app.user, this.network.url !== null);
  }

  /** Answers commands from now on. */
  install(): this {
    mockWindows("main");
    mockConvertFileSrc("linux");
    mockIPC(
      (command, args) =>
        args instanceof ArrayBuffer
          ? this.answerBytes(command, args)
          : this.answer(command, (args ?? {}) as Arguments),
      { shouldMockEvents: true },
    );
    return this;
  }

  /** One of the documents. */
  document(id: string): TwinDocument {
    return this.documents.document(id);
  }

  /** The project's folder is deleted, or moved to another place. */
  displace(to: Displaced["to"]): void {
    this.project.displaced = { to };
    this.history.tellStatus();
  }

  /** Somebody closes the window. */
  async closeWindow(): Promise<void> {
    await emit("close-asked");
  }

  /** The headers of a call, which say what the bytes are of, do not come here. */
  private answerBytes(command: string, bytes: ArrayBuffer): unknown {
    this.calls.push(command);
    return this.assets.takePiece(bytes);
  }

  private answer(command: string, args: Arguments): unknown {
    this.calls.push(command);
    if (command === "plugin:dialog|open") return this.assets.chosenFiles;
    const name = command.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    const { app, project, documents, scene, history, links, live, network, assets } = this;
    for (const { answers } of [app, project, documents, scene, history, links, live, network, assets]) {
      const answer = (answers as Readonly<Record<string, (args: Arguments) => unknown>>)[name];
      if (answer) return answer(args);
    }
    return fail("notFound", `There is no command ${command}.`);
  }

  private info(): ProjectInfo {
    return {
      session: "01SESSION",
      name: "Whack-a-Mole",
      path: "/home/ada/WISSIL/Whack-a-Mole",
      branch: "main",
      replica: "UAREPLICA",
      user: this.app.user,
      documents: this.documents.listed(),
      notices: [],
      setAside: null,
    };
  }

  private status(): SessionStatus {
    const events = String(this.history.events.length);
    return {
      events,
      outbox: events,
      pending: "0",
      quarantined: "0",
      people: this.people(),
      documents: this.documents.listed(),
      displaced: this.project.displaced,
      connection: this.network.connection,
    };
  }
}
