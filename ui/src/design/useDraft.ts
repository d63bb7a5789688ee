import { useRef, useState } from "react";

/**
 * A text being edited: what is typed stays a draft until it is committed, once, or reverted.
 * While there is no draft the field shows the value, so that edits of others appear at once.
 */
export function useDraft(shown: string, commit: (draft: string) => void) {
  const [draft, setDraft] = useState<string | null>(null);
  // Enter and the blur that may follow it are one commit: the second must see what the first did.
  const current = useRef<string | null>(null);
  const change = (text: string | null) => {
    current.current = text;
    setDraft(text);
  };
  return {
    text: draft ?? shown,
    isDraft: draft !== null,
    change,
    revert: () => change(null),
    commit: () => {
      const text = current.current;
      change(null);
      if (text !== null && text !== shown) commit(text);
    },
  };
}
