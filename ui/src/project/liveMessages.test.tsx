import { render, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import { Twin } from "../ipc/testing/twin";
import { closeProjectHere } from "../testing/reset";
import {
  followMessages,
  forgetMessages,
  resumeMessages,
  useAssetEvents,
  useBuildEvents,
} from "./liveMessages";

beforeEach(closeProjectHere);

describe("live messages", () => {
  it("share one subscription for each pattern, ended with the last listener", async () => {
    const { live } = new Twin().install();
    const heard: string[] = [];
    const first = followMessages("slate.build.>", ({ action }) => heard.push(`first ${action}`));
    const second = followMessages("slate.build.>", ({ action }) => heard.push(`second ${action}`));
    await waitFor(() => expect(live.patterns).toEqual(["slate.build.>"]));
    live.message("build", "started", null);
    live.message("asset", "created", null);
    first();
    first();
    live.message("build", "completed", null);
    expect(heard).toEqual(["first started", "second started", "second completed"]);
    second();
    await waitFor(() => expect(live.patterns).toEqual([]));
  });

  it("end a subscription whose number comes after its last listener went", async () => {
    const { live, calls } = new Twin().install();
    followMessages("slate.file.>", () => undefined)();
    await waitFor(() => expect(calls).toContain("bus_unsubscribe"));
    expect(live.patterns).toEqual([]);
  });

  it("follow the next project, and end nothing there by an old number", async () => {
    const before = new Twin().install();
    const heard: string[] = [];
    const stop = followMessages("slate.runtime.>", ({ action }) => heard.push(action));
    await waitFor(() => expect(before.live.patterns).toHaveLength(1));
    forgetMessages();
    before.live.message("runtime", "started", null);
    const after = new Twin().install();
    resumeMessages();
    await waitFor(() => expect(after.live.patterns).toHaveLength(1));
    after.live.message("runtime", "stopped", null);
    expect(heard).toEqual(["stopped"]);
    expect(after.calls).not.toContain("bus_unsubscribe");
    stop();
    await waitFor(() => expect(after.live.patterns).toEqual([]));
  });

  it("reach hooks, which call the latest callback and follow their own kind only", async () => {
    const { live } = new Twin().install();
    const heard: string[] = [];
    function Listener({ name }: { name: string }) {
      useAssetEvents(({ resource }) => heard.push(`${name} ${resource}`));
      useBuildEvents(({ resource }) => heard.push(`${name} ${resource}`));
      return null;
    }
    const { rerender, unmount } = render(<Listener name="old" />);
    rerender(<Listener name="new" />);
    await waitFor(() => expect(live.patterns).toHaveLength(2));
    live.message("asset", "created", null);
    live.message("build", "started", null);
    live.message("runtime", "started", null);
    expect(heard).toEqual(["new asset", "new build"]);
    unmount();
    await waitFor(() => expect(live.patterns).toEqual([]));
  });
});
