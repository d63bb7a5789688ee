/** Sizes as people say them. */

const UNITS = ["bytes", "KB", "MB", "GB", "TB"];

/** `812 bytes`, `1.2 MB`, `18 MB`: thousands of bytes, as file managers count. */
export function fileSize(bytes: number): string {
  let size = Math.max(0, bytes);
  let unit = 0;
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && size < 9.95 ? 1 : 0;
  const shown = size.toLocaleString(undefined, {
    maximumFractionDigits: digits,
    minimumFractionDigits: digits,
  });
  return unit === 0 && Math.round(size) === 1 ? "1 byte" : `${shown} ${UNITS[unit]}`;
}
