/**
 * Writes reach the session in the order in which people made them. Edits do not wait for each other's answers; what else is
 * written waits for what is on its way.
 *
 * After an edit that fails the session makes none of those that were sent behind it. Those that build on it are given up with
 * it, for the same reason; the rest is sent again, in order.
 */
import { editDocument, endEdits } from "../ipc/documents";
import { ApiFailure } from "../ipc/failure";
import type { Change, EditResult } from "../ipc/types";

/** Most edits that are on their way at once; the rest waits here. */
const MOST = 64;

/** A gesture, as it is sent. */
export interface Edit {
  readonly document: string;
  readonly eventType: string;
  readonly changes: readonly Change[];
}

interface Waiting extends Edit {
  /** Its row and its place in it, once it is sent. */
  row: number;
  place: number;
  resolve: (result: EditResult) => void;
  reject: (failure: ApiFailure) => void;
}

/** What is written alone. */
type Alone = () => Promise<void>;

const NOT_MADE = new ApiFailure({
  code: "cancelled",
  message: "Your change was not made. Try again.",
  detail: "",
});

let waiting: (Waiting | Alone)[] = [];
const sent = new Set<Waiting>();
let isAlone = false;
/** Higher than those of a page that was loaded before this one. */
let row = Math.floor(Date.now() / 1000);
let place = 0;

/** A row that came to its end: why, and what was not made for it. Undefined while the row goes on. */
let ended: { why: { edit: Edit; failure: ApiFailure } | undefined; notMade: Waiting[] } | undefined;

/** Sends an edit once those before it are on their way; the answer comes when it is saved. */
export function sendEdit(edit: Edit): Promise<EditResult> {
  return new Promise((resolve, reject) => {
    waiting.push({ ...edit, row: 0, place: 0, resolve, reject });
    goOn();
  });
}

/** Another project is open: what is written from now on is none of the rows of the one before. */
export function beginWriting(): void {
  ended = undefined;
  row += 1;
  place = 0;
}

/** Runs a write once those before it have ended, whether or not they succeeded, and those after it behind it. */
export function writeAlone<T>(write: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    waiting.push(() => write().then(resolve, reject));
    goOn();
  });
}

function goOn(): void {
  while (!isAlone && !ended) {
    const [next] = waiting;
    if (!next || (typeof next === "function" ? sent.size > 0 : sent.size >= MOST)) return;
    waiting.shift();
    if (typeof next === "function") {
      isAlone = true;
      void next().finally(() => {
        isAlone = false;
        goOn();
      });
    } else send(next);
  }
}

function send(edit: Waiting): void {
  sent.add(edit);
  [edit.row, edit.place] = [row, place];
  place += 1;
  editDocument({ row, place: edit.place }, edit.document, edit.eventType, edit.changes)
    .then(edit.resolve, (thrown: unknown) => failed(edit, ApiFailure.from(thrown)))
    .finally(() => {
      sent.delete(edit);
      if (sent.size === 0 && ended) beginRow(ended);
      goOn();
    });
}

/** Answers overtake each other, so what becomes of the rest is decided when all are there. */
function failed(edit: Waiting, failure: ApiFailure): void {
  if (edit.row !== row) {
    edit.reject(failure);
    return;
  }
  ended ??= { why: undefined, notMade: [] };
  if (failure.code === "cancelled") {
    ended.notMade.push(edit);
    return;
  }
  ended.why ??= { edit, failure };
  // What the session never heard of it does not answer for: what waits for it there waits in vain.
  if (!failure.isOfSession) endEdits(row).catch(() => undefined);
  edit.reject(failure);
}

function beginRow({ why, notMade }: NonNullable<typeof ended>): void {
  beginWriting();
  const given = new Set(why && made(why.edit));
  const again: Waiting[] = [];
  for (const edit of notMade.sort((a, b) => a.place - b.place)) {
    if (why && !isOfAll(why.failure) && !names(edit, given)) {
      again.push(edit);
      continue;
    }
    for (const id of made(edit)) given.add(id);
    edit.reject(why?.failure ?? NOT_MADE);
  }
  waiting = [...again, ...waiting];
}

/** Whether the session itself failed: what comes behind would fail alike. */
function isOfAll({ code, isOfSession }: ApiFailure): boolean {
  return isOfSession && (code === "storage" || code === "damaged" || code === "internal");
}

/** The records that an edit makes. */
function made({ changes }: Edit): string[] {
  return changes.flatMap((change) => ("put" in change ? [change.id] : []));
}

/** Whether an edit changes one of these records, or says anything of one. */
function names({ changes }: Edit, ids: ReadonlySet<string>): boolean {
  const isNamed = (value: unknown): boolean => {
    if (typeof value === "string") return ids.has(value);
    return typeof value === "object" && value !== null && Object.values(value).some(isNamed);
  };
  return ids.size > 0 && changes.some(isNamed);
}
