import type { ApiError, ErrorCode } from "./bindings";

/** A failure of a command. The UI branches on `code` only; `message` is for people, `detail` for a report. */
export class ApiFailure extends Error {
  readonly code: ErrorCode;
  readonly detail: string;

  constructor(error: ApiError) {
    super(error.message);
    this.name = "ApiFailure";
    this.code = error.code;
    this.detail = error.detail;
  }

  /** Reads anything thrown as a failure, so that callers have one shape to show. */
  static from(thrown: unknown): ApiFailure {
    if (thrown instanceof ApiFailure) return thrown;
    if (isApiError(thrown)) return new ApiFailure(thrown);
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new ApiFailure({ code: "internal", message, detail: "" });
  }
}

function isApiError(thrown: unknown): thrown is ApiError {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown;
}
