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
    const { network } = new Twin().install();
    const heard: string[] = [];
    const first = followMessages("slate.build.>", ({ action }) => heard.push(`first ${action}`));
    const second = followMessages("slate.build.>", ({ action }) => heard.push(`second ${action}`));
    await waitFor(() => expect(network.patterns).toEqual(["slate.build.>"]));
    network.message("build", "started", null);
    network.message("asset", "created", null);
    first();
    first();
    network.message("build", "completed", null);
    expect(heard).toEqual(["first started", "second started", "second completed"]);
    second();
    await waitFor(() => expect(network.patterns).toEqual([]));
  });

  it("end a subscription whose number comes after its last listener went", async () => {
    const { network, calls } = new Twin().install();
    followMessages("slate.file.>", () => undefined)();
    await waitFor(() => expect(calls).toContain("bus_unsubscribe"));
    expect(network.patterns).toEqual([]);
  });

  it("follow the next project, and end nothing there by an old number", async () => {
    const before = new Twin().install();
    const heard: string[] = [];
    const stop = followMessages("slate.runtime.>", ({ action }) => heard.push(action));
    await waitFor(() => expect(before.network.patterns).toHaveLength(1));
    forgetMessages();
    before.network.message("runtime", "started", null);
    const after = new Twin().install();
    resumeMessages();
    await waitFor(() => expect(after.network.patterns).toHaveLength(1));
    after.network.message("runtime", "stopped", null);
    expect(heard).toEqual(["stopped"]);
    expect(after.calls).not.toContain("bus_unsubscribe");
    stop();
    await waitFor(() => expect(after.network.patterns).toEqual([]));
  });

  it("reach hooks, which call the latest callback and follow their own kind only", async () => {
    const { network } = new Twin().install();
    const heard: string[] = [];
    function Listener({ name }: { name: string }) {
      useAssetEvents(({ resource }) => heard.push(`${name} ${resource}`));
      useBuildEvents(({ resource }) => heard.push(`${name} ${resource}`));
      return null;
    }
    const { rerender, unmount } = render(<Listener name="old" />);
    rerender(<Listener name="new" />);
    await waitFor(() => expect(network.patterns).toHaveLength(2));
    network.message("asset", "created", null);
    network.message("build", "started", null);
    network.message("runtime", "started", null);
    expect(heard).toEqual(["new asset", "new build"]);
    unmount();
    await waitFor(() => expect(network.patterns).toEqual([]));
  });
});
