import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const SOURCES = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((file) => /\.(css|tsx?)$/.test(file) && !/\.test\./.test(file))
  .map((file) => ({ file, text: readFileSync(join("src", file), "utf8") }));

/** What Base UI sets on what it places beside something else. */
const PLACED = ["--anchor-width", "--available-height"];

it("uses no colour or size that is nowhere defined", () => {
  const defined = new Set(PLACED);
  for (const { text } of SOURCES) {
    for (const [, name] of text.matchAll(/(--[\w-]+)["']?\s*\]?\s*:/g)) defined.add(name!);
    for (const [, name] of text.matchAll(/["'`](--[\w-]+)["'`]/g)) defined.add(name!);
  }
  const missing = SOURCES.flatMap(({ file, text }) =>
    // What has another value to fall back to may be missing.
    [...text.matchAll(/var\((--[\w-]+)\)/g)]
      .map(([, name]) => name!)
      .filter((name) => !defined.has(name))
      .map((name) => `${file}: ${name}`),
  );
  expect(missing).toEqual([]);
});
