import { refKey } from "../documents/selection";
import type { RecordRef } from "../documents/selection";
import { listed } from "./names";
import { useMarks } from "./peers";
import { useOthers } from "./useOthers";
import type { Other } from "./useOthers";

/** Who has selected a record of a document, and the words for it. */
export interface MarkedBy {
  people: (ref: RecordRef) => readonly Other[];
  /** A name with who has selected what it names. */
  spoken: (name: string, ref: RecordRef) => string;
}

const NOBODY: readonly Other[] = [];

/** The others' selections in a document, for lists. */
export function useMarkedBy(document: string): MarkedBy {
  const marks = useMarks(document);
  const others = useOthers();
  const people = (ref: RecordRef) => {
    const by = marks.get(refKey(ref));
    return by ? others.filter(({ replica }) => by.includes(replica)) : NOBODY;
  };
  return {
    people,
    spoken: (name, ref) => {
      const by = people(ref);
      return by.length === 0 ? name : `${name}, selected by ${listed(by.map((other) => other.name))}`;
    },
  };
}
