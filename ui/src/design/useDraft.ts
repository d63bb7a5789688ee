import { useEffect, useLayoutEffect, useRef, useState } from "react";

/** What commits the drafts that are open: at most one, but for fields that lost the keyboard without being told. */
const open = new Set<() => boolean>();

/**
 * Commits what is being typed, as leaving the field does: for whoever takes the field away, or the window. Answers whether
 * there was anything.
 */
export function commitDrafts(): boolean {
  return [...open].map((commit) => commit()).includes(true);
}

/**
 * A text being edited: what is typed stays a draft until it is committed, once, or reverted. A field that goes commits it,
 * to what it was the draft of. While there is no draft the field shows the value, so that edits of others appear at once.
 *
 * What cannot be committed, by `problemOf`, stays as it was typed, with the reason, until it is right or reverted.
 */
export function useDraft(
  shown: string,
  commit: (draft: string) => void,
  problemOf: (draft: string) => string | undefined = noProblem,
) {
  const [draft, setDraft] = useState<string | null>(null);
  const [isRefused, setRefused] = useState(false);
  // Enter and the blur that may follow it are one commit: the second must see what the first did.
  const current = useRef<string | null>(null);
  const latest = useRef({ shown, commit, problemOf });
  useLayoutEffect(() => {
    latest.current = { shown, commit, problemOf };
  });
  const [actions] = useState(() => {
    const change = (text: string | null) => {
      current.current = text;
      if (text === null) open.delete(commitNow);
      else open.add(commitNow);
      setDraft(text);
      if (text === null) setRefused(false);
    };
    /** Whether what is typed cannot be committed; it is said then. */
    const refuse = (): boolean => {
      const text = current.current;
      const isWrong =
        text !== null && text !== latest.current.shown && latest.current.problemOf(text) !== undefined;
      if (isWrong) setRefused(true);
      return isWrong;
    };
    /** Answers whether there was something to commit. */
    const commitNow = (): boolean => {
      if (refuse()) return true;
      const text = current.current;
      change(null);
      if (text === null || text === latest.current.shown) return false;
      latest.current.commit(text);
      return true;
    };
    return { change, refuse, commit: commitNow, revert: () => change(null) };
  });
  // Taken out of the page a field is not told that it lost the keyboard.
  useEffect(
    () => () => {
      actions.commit();
      open.delete(actions.commit);
    },
    [actions],
  );
  const problem = isRefused && draft !== null ? problemOf(draft) : undefined;
  return { text: draft ?? shown, isDraft: draft !== null, problem, ...actions };
}

const noProblem = () => undefined;
