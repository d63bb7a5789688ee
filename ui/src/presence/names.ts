/** How people are called and told apart on screen. */
import type { Person } from "../ipc/types";

interface Named {
  readonly replica: string;
  readonly person: Person;
}

const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** One or two letters for a name: of the first word and the last; a sign for no name. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const [first, last] = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return `${firstLetter(first)}${firstLetter(last)}`.toLocaleUpperCase() || "?";
}

/** What somebody is called who gave no name. */
export function nameOf({ name }: Person): string {
  return name.trim() || "Somebody";
}

/**
 * A name for each replica: a person on several devices is numbered, and this person's own other devices say so. The
 * numbers go by replica id, so that everybody sees the same ones.
 */
export function namesOf(residents: readonly Named[], you: string): ReadonlyMap<string, string> {
  const devices = new Map<string, string[]>();
  for (const { replica, person } of residents) {
    const list = devices.get(person.id);
    if (list) list.push(replica);
    else devices.set(person.id, [replica]);
  }
  return new Map(
    residents.map(({ replica, person }) => {
      const all = (devices.get(person.id) ?? []).sort();
      const number = all.length > 1 ? ` ${all.indexOf(replica) + 1}` : "";
      if (person.id !== you) return [replica, `${nameOf(person)}${number}`] as const;
      return [replica, `${nameOf(person)} (your other device${number})`] as const;
    }),
  );
}

/** `Ann`, `Ann and Bob`, `Ann, Bob and 3 others`. */
export function listed(names: readonly string[]): string {
  if (names.length <= 2) return names.join(" and ");
  if (names.length === 3) return `${names[0]}, ${names[1]} and ${names[2]}`;
  return `${names[0]}, ${names[1]} and ${names.length - 2} others`;
}

function firstLetter(word: string | undefined): string {
  const [letter] = letters.segment(word ?? "");
  return letter?.segment ?? "";
}
