/** What the twin answers, held to what the bindings say of the commands. */
import type { ApiError, Bounded, Ordered, commands } from "../bindings";

type Commands = typeof commands;
type Data<Command> = Command extends (...args: never[]) => Promise<infer Answer>
  ? Answer extends { status: "ok"; data: infer Given }
    ? Given
    : Exclude<Answer, { status: "error" }>
  : never;

/** The arguments of a command, by name. */
export type Arguments = Record<string, unknown>;

/** The answers to some commands. */
export type Answers<Command extends keyof Commands> = {
  readonly [Name in Command]: (args: Arguments) => Data<Commands[Name]> | Promise<Data<Commands[Name]>>;
};

/** What a command tells the page by. */
export interface Channel<T> {
  onmessage: (message: T) => void;
}

/** One message of each class of feed, as it comes. */
export const ordered = <T>(message: T): Ordered<T> => ({ messages: [message], missed: false });
export const bounded = <T>(message: T): Bounded<T> => ({ messages: [message], dropped: 0 });

export function fail(code: ApiError["code"], message: string): never {
  return refuse({ code, message, detail: "" });
}

/** Commands reject with plain data, as the shell's do. */
export function refuse(error: ApiError): never {
  throw error as unknown as Error;
}
