/** Calling the shell: answers as promises that fail with an {@link ApiFailure}. */
import type { ApiError } from "./bindings";
import { ApiFailure } from "./failure";

type Answer<T> = { status: "ok"; data: T } | { status: "error"; error: ApiError };

/** What a command answers, of the type that the bindings give it. */
export async function answered<T>(answer: Promise<Answer<T>>): Promise<T> {
  let settled: Answer<T>;
  try {
    settled = await answer;
  } catch (thrown) {
    throw ApiFailure.from(thrown);
  }
  if (settled.status === "error") throw ApiFailure.from(settled.error);
  return settled.data;
}

/** A number that is always there: the bindings cannot say so, because one that is no number would cross as null. */
export function number(value: number | null): number {
  return value ?? 0;
}
