import { beforeEach, expect, it, vi } from "vitest";

import { Twin } from "../ipc/testing/twin";
import { closeProjectHere } from "../testing/reset";
import { watchProblems } from "./problems";

beforeEach(closeProjectHere);

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
