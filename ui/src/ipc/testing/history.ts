/** The twin's events, and the subscription that tells of them. */
import type {
  EventRow,
  EventState,
  MadeAgain,
  Person,
  SessionMessage,
  SessionStatus,
  Touched,
} from "../types";
import type { Ordered } from "../bindings";
import { ordered } from "./answers";
import type { Answers, Channel } from "./answers";

export const GUEST: Person = { id: "guest", name: "Guest 2", color: "#56c8ff" };

/** What an event of a document is about. */
export interface Written {
  document: string;
  documentName: string;
  eventType: string;
  words: string;
  touched: Touched[];
  person: Person;
}

export class TwinHistory {
  events: EventRow[] = [];
  /** All that an event touched, where its row names only the first. */
  readonly touched = new Map<string, Touched[]>();
  /** The event that an undo took back. */
  readonly undone = new Map<string, string>();
  private session: Channel<Ordered<SessionMessage>> | undefined;

  constructor(
    private readonly user: () => Person,
    private readonly status: () => SessionStatus,
  ) {}

  readonly answers: Answers<
    | "sessionSubscribe"
    | "sessionEvents"
    | "eventTouched"
    | "eventShow"
    | "setAsideMakeAgain"
    | "setAsideLeave"
  > = {
    sessionSubscribe: ({ channel }) => {
      this.session = channel as Channel<Ordered<SessionMessage>>;
      return this.status();
    },
    sessionEvents: ({ before, limit, document }) =>
      this.page(before as string | null, Number(limit), document as string | null),
    eventTouched: ({ cid }) => this.touched.get(String(cid)) ?? this.event(cid)?.touched ?? [],
    eventShow: ({ cid }) => {
      const undone = this.undone.get(String(cid));
      const metadata = undone === undefined ? {} : { extra: { undoes: [{ "/": undone }] } };
      return JSON.stringify({ ...this.event(cid), metadata }, null, 2);
    },
    setAsideMakeAgain: () => ({ made: 2, refused: [] }) satisfies MadeAgain,
    setAsideLeave: () => null,
  };

  tell(message: SessionMessage): void {
    this.session?.onmessage(ordered(message));
  }

  /** Tells of what happened beside events. */
  tellStatus(): void {
    setTimeout(() => this.tell({ type: "events", rows: [], status: this.status() }));
  }

  nextCid(): string {
    return `bafyreib${String(this.events.length + 1).padStart(8, "0")}exampleexampleexample`;
  }

  record({ touched, person, ...written }: Written): EventRow {
    const row: EventRow = {
      ...written,
      position: `${this.events.length + 1}.1.row`,
      cid: this.nextCid(),
      person,
      own: person === this.user(),
      time: Date.now(),
      touched,
      touchedCount: touched.length,
      state: "saved",
    };
    this.events = [...this.events, row];
    setTimeout(() => this.tell({ type: "events", rows: [row], status: this.status() }));
    if (this.status().connection.state === "online") setTimeout(() => this.travel(row.cid, "onServer"), 600);
    return row;
  }

  /** Somebody else's event arrives. */
  arrive(row: EventRow): void {
    this.tell({ type: "events", rows: [row], status: this.status() });
  }

  /** An event is on the server now, or with others. */
  travel(cid: string, state: EventState): void {
    this.events = this.events.map((row) => (row.cid === cid ? { ...row, state } : row));
    this.tell({ type: "travelled", events: [{ cid, state }] });
  }

  private page(before: string | null, limit: number, document: string | null): EventRow[] {
    return this.events
      .filter(
        (row) =>
          (document === null || row.document === document) &&
          (before === null || parseInt(row.position) < parseInt(before)),
      )
      .reverse()
      .slice(0, limit);
  }

  private event(cid: unknown): EventRow | undefined {
    return this.events.find((row) => row.cid === cid);
  }
}
