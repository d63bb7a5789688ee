/** Paths as text, on whichever system they were written. */

/** A name inside a folder; the folder itself while there is no name. */
export function joinPath(parent: string, name: string): string {
  if (parent === "" || name === "") return name === "" ? parent : name;
  const separator = parent.includes("\\") && !parent.includes("/") ? "\\" : "/";
  return parent.endsWith(separator) ? parent + name : parent + separator + name;
}

/** What stands behind the last separator. */
export function lastName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? "";
}

export function fileStem(path: string): string {
  return lastName(path).replace(/\.[^.]+$/, "");
}

/** A name without the characters that file systems refuse. */
export function folderName(name: string): string {
  const kept = [...name.trim()]
    .map((sign) => (sign < " " || '<>:"/\\|?*'.includes(sign) ? "-" : sign))
    .join("");
  return kept.replace(/[. ]+$/, "");
}
