import type { ApiError, ErrorCode } from "./bindings";

/** A failure of a command. The UI branches on `code` only; `message` is for people, `detail` for a report. */
export class ApiFailure extends Error {
  readonly code: ErrorCode;
  readonly detail: string;
  /** Whether the session said so; else what was asked may not have reached it. */
  readonly isOfSession: boolean;

  constructor(error: ApiError, isOfSession = true) {
    super(asSentence(error.message));
    this.name = "ApiFailure";
    this.code = error.code;
    this.detail = error.detail;
    this.isOfSession = isOfSession;
  }

  /** Reads anything thrown as a failure, so that callers have one shape to show. */
  static from(thrown: unknown): ApiFailure {
    if (thrown instanceof ApiFailure) return thrown;
    if (isApiError(thrown)) return new ApiFailure(thrown);
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new ApiFailure({ code: "internal", message, detail: "" }, false);
  }
}

/** Commands answer as parts of sentences do; on screen they stand alone. Names of files and code stay as they are. */
function asSentence(message: string): string {
  return /^[a-z]+[ ,;:]/.test(message) ? message.charAt(0).toUpperCase() + message.slice(1) : message;
}

function isApiError(thrown: unknown): thrown is ApiError {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown;
}
