import { describe, expect, it } from "vitest";

import { inOrder } from "./inOrder";

describe("inOrder", () => {
  it("begins a write only when the one before it has ended, even in failure", async () => {
    const seen: string[] = [];
    let fail: (error: Error) => void = () => undefined;
    const first = inOrder(() => {
      seen.push("first begins");
      return new Promise<never>((_, reject) => (fail = reject));
    });
    const second = inOrder(() => {
      seen.push("second begins");
      return Promise.resolve("written");
    });
    await Promise.resolve();
    await Promise.resolve();
    expect(seen).toEqual(["first begins"]);
    fail(new Error("refused"));
    await expect(first).rejects.toThrow("refused");
    await expect(second).resolves.toBe("written");
    expect(seen).toEqual(["first begins", "second begins"]);
  });
});
