import { expect, it } from "vitest";

import { fileSize } from "./size";

const decimal = (number: number) => number.toLocaleString(undefined, { minimumFractionDigits: 1 });

it.each<[number, string]>([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1000, `${decimal(1.0)} KB`],
  [9949, `${decimal(9.9)} KB`],
  [9960, "10 KB"],
  [999_600, `${decimal(1.0)} MB`],
  [18_204_120, "18 MB"],
  [2_500_000_000_000_000, `${(2500).toLocaleString()} TB`],
  [-3, "0 bytes"],
])("%d is %s", (bytes, words) => {
  expect(fileSize(bytes)).toBe(words);
});
