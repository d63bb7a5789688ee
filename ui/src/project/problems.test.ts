import { renderHook, waitFor } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";

import { Twin } from "../ipc/testing/twin";
import { closeProjectHere } from "../testing/reset";
import { useLooking, useProblems, watchProblems } from "./problems";

beforeEach(closeProjectHere);

it("knows nothing before the first answer, and lists the worst first", async () => {
  const twin = new Twin({ past: 0 });
  const [warning] = twin.documents.problems;
  if (!warning) throw new Error("the sample has a problem");
  twin.documents.problems.push({ ...warning, severity: "error", message: "worse" });
  twin.install();
  const seen = renderHook(() => ({
    looking: useLooking(),
    messages: useProblems().map(({ message }) => message),
  }));
  const stop = watchProblems();
  expect(seen.result.current.looking).toBe(true);
  await waitFor(() => expect(seen.result.current.looking).toBe(false));
  expect(seen.result.current.messages).toEqual(["worse", warning.message]);
  stop();
});

it("asks for problems after what one looks at when a project opens", () => {
  vi.useFakeTimers();
  const twin = new Twin().install();
  const stop = watchProblems();
  expect(twin.calls).toEqual([]);
  vi.runAllTimers();
  expect(twin.calls).toEqual(["problems"]);
  stop();
  vi.useRealTimers();
});
